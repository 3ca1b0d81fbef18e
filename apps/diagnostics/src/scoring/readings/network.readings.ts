import type { Levels } from '../checks/check.js';
import { isObject, own, type Json } from './values.js';
import type { SectionReader } from './section-reader.js';

const MAX_COUNT = 1e18;

/** Bytes of an average packet: the library counts bytes, the drop limits are per packet. */
const PACKET_BYTES = 800;

/** A few drops among a few packets say nothing: so many good packets are added to every interface. */
const PRIOR_PACKETS = 1000;

/** Wi-Fi may drop more before it is a warning. */
const WIFI_DROPS: { limits: Levels; source: string } = {
  limits: { leave: 5, warning: 10, critical_leave: null, critical: null, fail: 50 },
  source: 'Netdata net.conf: Wi-Fi ≥ 10 %',
};

/** `network` = `{interfaces[], stats[], latency_ms, packet_loss_percent, gateway, connectivity}`. */
export function readNetwork(reader: SectionReader, data: Json): void {
  const latency = reader.number(data, 'latency_ms', '', 0, 1e7);
  if (typeof latency === 'number') reader.add({ code: 'NET_LATENCY', value: latency });

  const loss = reader.number(data, 'packet_loss_percent', '', 0, 100);
  if (typeof loss === 'number') reader.add({ code: 'NET_PACKET_LOSS', value: loss });

  const connectivity = own(data, 'connectivity');
  const reachable = isObject(connectivity)
    ? reader.boolean(connectivity, 'ok', 'connectivity.')
    : reader.boolean(data, 'connectivity', '');
  if (typeof reachable === 'boolean') reader.add({ code: 'NET_UNREACHABLE', value: reachable ? 'yes' : 'no' });

  const adapters = adaptersOf(reader, data);
  for (const { item, path } of reader.list(data, 'stats', '')) {
    const iface = reader.text(item, 'iface', path);
    if (!iface || iface === 'lo') continue;
    const adapter = adapters.get(iface);
    if (adapter?.internal) continue;
    readCounters(reader, item, path, iface, adapter);
    reader.lists('interface', iface);
  }
}

interface Adapter {
  internal: boolean;
  wireless: boolean;
  bitsPerSecond: number | undefined;
}

function adaptersOf(reader: SectionReader, data: Json): Map<string, Adapter> {
  const adapters = new Map<string, Adapter>();
  for (const { item, path } of reader.list(data, 'interfaces', '')) {
    const iface = reader.text(item, 'iface', path);
    if (!iface) continue;
    const megabits = own(item, 'speed');
    adapters.set(iface, {
      internal: own(item, 'internal') === true || own(item, 'virtual') === true,
      wireless: own(item, 'type') === 'wireless',
      bitsPerSecond: typeof megabits === 'number' && megabits > 0 ? megabits * 1e6 : undefined,
    });
  }
  return adapters;
}

function readCounters(reader: SectionReader, stats: Json, path: string, iface: string, adapter?: Adapter): void {
  const count = (key: string) => reader.number(stats, key, path, 0, MAX_COUNT);
  const bytes = sumOf(count('rx_bytes'), count('tx_bytes'));
  const dropped = sumOf(count('rx_dropped'), count('tx_dropped'));
  const damaged = count('rx_errors');
  const errors = sumOf(damaged, count('tx_errors'));
  if (typeof damaged === 'number') reader.measure('net.rx_errors', damaged, iface);
  if (typeof bytes === 'number') {
    const good = bytes / PACKET_BYTES + PRIOR_PACKETS;
    const percent = (bad: number) => (bad / (bad + good)) * 100;
    if (typeof errors === 'number') reader.add({ code: 'NIC_ERRORS', value: percent(errors), instance: iface });
    if (typeof dropped === 'number') {
      reader.add({ code: 'NIC_DROPS', value: percent(dropped), instance: iface, ...(adapter?.wireless && WIFI_DROPS) });
    }
  }

  // Rates are null on a first call (mission.md §4.3).
  const received = reader.number(stats, 'rx_sec', path, 0, 1e12);
  const sent = reader.number(stats, 'tx_sec', path, 0, 1e12);
  if (adapter?.bitsPerSecond && typeof received === 'number' && typeof sent === 'number') {
    const percent = (Math.max(received, sent) * 8 * 100) / adapter.bitsPerSecond;
    reader.add({ code: 'NIC_UTILISATION', value: Math.min(100, percent), instance: iface });
  }
}

/** One side alone speaks for both; a side that cannot be used spoils the sum. */
function sumOf(a: number | null | undefined, b: number | null | undefined): number | null | undefined {
  if (a === null || b === null) return null;
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
