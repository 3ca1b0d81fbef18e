import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';

const MAX_INTERFACES = 200;
const MAX_CONNECTIONS = 500;
const TRIES = 3;

/** Drivers of virtual cards say −1 Mbit/s. */
const knownSpeed = (card: Si.NetworkInterfacesData) => ({
  ...card,
  speed: card.speed !== null && card.speed > 0 ? card.speed : null,
});

/** The median time of a few TCP connections to the server of this agent: no other host is ever contacted. */
async function measureServer(machine: SystemProbe, server: { host: string; port: number } | undefined) {
  if (server === undefined) return { latency_ms: null, connectivity: null };
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const ms = await machine.connectMs(server.host, server.port).catch(() => null);
    if (ms === null) break;
    times.push(ms);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  return { latency_ms: median === undefined ? null : Math.round(median * 100) / 100, connectivity: times.length > 0 };
}

/** Interfaces, counters with the rates of the sampled second (bytes/s), the gateway, the way to the server. */
export const networkCollector: Collector = {
  section: 'network',
  prime: (machine) => machine.networkStats(),
  async collect(machine, { partLimitMs, server, include }) {
    const { values, faults } = await readParts(
      {
        stats: () => machine.networkStats(),
        interfaces: () => machine.networkInterfaces(),
        gateway: () => machine.networkGatewayDefault(),
        server: () => measureServer(machine, server),
        // Of these, only what somebody asked for.
        connections: async () => (include.includes('connections') ? machine.networkConnections() : undefined),
        wifi: async () => (include.includes('ssids') ? machine.wifiConnections() : undefined),
      },
      partLimitMs,
    );
    if (values.interfaces?.length === 0) return unavailable('no network interface is visible');
    const data = {
      interfaces: values.interfaces?.slice(0, MAX_INTERFACES).map(knownSpeed),
      stats: values.stats?.slice(0, MAX_INTERFACES),
      gateway: values.gateway || null,
      ...values.server,
      connections: values.connections?.slice(0, MAX_CONNECTIONS),
      wifi: values.wifi,
    };
    return sectionOf(data, faults);
  },
};
