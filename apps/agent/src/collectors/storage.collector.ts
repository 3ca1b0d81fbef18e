import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { readWindowsWaits, waitsBetween } from './disk-waits.js';
import { FirstSamples } from './first-samples.js';
import { readSmart, withHealth } from './smart.js';

const MAX_FILESYSTEMS = 200;
const MAX_DISKS = 64;

const firstIo = new FirstSamples<Si.DisksIoData | null>();

/** Counters since boot that are all zero were not read: a machine that runs has read its disk. */
async function readIo(machine: SystemProbe) {
  if (machine.platform === 'win32') return readWindowsWaits(machine);
  const io = await machine.disksIO();
  return io && (io.rIO > 0 || io.wIO > 0) ? { ...io, ...waitsBetween(firstIo.of(machine), io) } : null;
}

/** File systems (bytes, `use` in %), physical disks with their SMART data, and the rates of the sampled second. */
export const storageCollector: Collector = {
  section: 'storage',
  prime: (machine) => firstIo.take(machine, () => machine.disksIO()),
  async collect(machine, { partLimitMs }) {
    const disks = machine.diskLayout().then((layout) => layout.slice(0, MAX_DISKS));
    const { values, faults } = await readParts(
      {
        disksIO: () => readIo(machine),
        fsSize: () => machine.fsSize(),
        disks: () => disks,
        // A part of its own: what SMART takes too long for is not lost with it.
        smart: async () => {
          const layout = await disks.catch(() => undefined);
          return layout && readSmart(machine, layout);
        },
      },
      partLimitMs,
    );
    const fsSize = values.fsSize?.slice(0, MAX_FILESYSTEMS);
    const diskLayout = values.smart?.diskLayout ?? values.disks?.map(withHealth);
    const data = { fsSize, diskLayout, disksIO: values.disksIO, smart: values.smart?.smart };
    if (faults.length > 0) return sectionOf(data, faults);
    const smart = values.smart?.smart;
    if (fsSize?.length === 0 && diskLayout?.length === 0) return unavailable('no disk is visible here');
    if (smart?.status === 'denied') return { status: 'denied', reason: `SMART: ${smart.reason}`, data };
    return { status: 'ok', data, ...(smart?.reason && { note: `SMART: ${smart.reason}` }) };
  },
};
