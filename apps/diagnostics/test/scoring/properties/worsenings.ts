import type { Sections } from './machine.arbitrary.js';

/** Makes one metric of the machine worse (`amount` 0..1, `pick` chooses among many), in place. */
export interface Worsening {
  name: string;
  /** Where that metric stands. */
  section: string;
  apply: (sections: Sections, amount: number, pick: number) => void;
}

type Node = Record<string, unknown>;

const at = (sections: Sections, ...path: string[]): Node | undefined => {
  let node: unknown = sections[path[0] ?? '']?.data;
  for (const key of path.slice(1)) node = (node as Node | undefined)?.[key];
  return node as Node | undefined;
};

const one = (sections: Sections, pick: number, ...path: string[]): Node | undefined => {
  const list = at(sections, ...path) as unknown as Node[] | undefined;
  return list && list.length > 0 ? list[Math.floor(pick * list.length) % list.length] : undefined;
};

/** Raises (or lowers) a number towards its worst; a value that is not there stays unknown. */
const towards = (node: Node | undefined, key: string, worst: number, amount: number, whole = true): void => {
  const value = node?.[key];
  if (!node || typeof value !== 'number') return;
  const next = value + (worst - value) * amount;
  node[key] = whole ? Math.round(next) : next;
};

const worseState = (node: Node | undefined, key: string, order: readonly unknown[]): void => {
  if (!node) return;
  const index = order.indexOf(node[key]);
  if (index >= 0 && index < order.length - 1) node[key] = order[index + 1];
};

const counter = (name: string, section: string, key: string, worst: number): Worsening => ({
  name,
  section,
  apply: (sections, amount) => towards(at(sections, section), key, worst, amount),
});

export const worsenings: readonly Worsening[] = [
  {
    name: 'a file system fills up',
    section: 'storage',
    apply: (sections, amount, pick) => {
      const fs = one(sections, pick, 'storage', 'fsSize');
      if (!fs) return;
      const more = Math.floor((fs['available'] as number) * amount);
      fs['available'] = (fs['available'] as number) - more;
      fs['used'] = (fs['used'] as number) + more;
      fs['use'] = Math.max(fs['use'] as number, ((fs['used'] as number) / (fs['size'] as number)) * 100);
    },
  },
  {
    name: 'only `use` rises',
    section: 'storage',
    apply: (s, amount, pick) => towards(one(s, pick, 'storage', 'fsSize'), 'use', 100, amount, false),
  },
  {
    name: 'only `available` falls',
    section: 'storage',
    apply: (s, amount, pick) => towards(one(s, pick, 'storage', 'fsSize'), 'available', 0, amount),
  },
  {
    name: 'a disk gets hotter',
    section: 'storage',
    apply: (s, amount, pick) => towards(one(s, pick, 'storage', 'diskLayout'), 'temperature', 120, amount),
  },
  {
    name: 'a disk reports failing',
    section: 'storage',
    apply: (s, _amount, pick) => {
      worseState(one(s, pick, 'storage', 'diskLayout'), 'smartStatus', ['Ok', 'Degraded', 'Predicted Failure']);
      worseState(one(s, pick, 'storage', 'diskLayout'), 'smartStatus', ['OK', 'Degraded']);
    },
  },
  {
    name: 'a SMART counter grows',
    section: 'storage',
    apply: (s, amount, pick) => {
      const smart = one(s, pick, 'storage', 'diskLayout')?.['smartData'] as Node | undefined;
      const table = (smart?.['ata_smart_attributes'] as Node | undefined)?.['table'] as Node[] | undefined;
      const row = table?.[Math.floor(pick * 1e6) % Math.max(1, table.length)];
      towards(row?.['raw'] as Node | undefined, 'value', 200_000, amount ** 4);
    },
  },
  {
    name: 'an attribute fails',
    section: 'storage',
    apply: (s, _amount, pick) => {
      const smart = one(s, pick, 'storage', 'diskLayout')?.['smartData'] as Node | undefined;
      const table = (smart?.['ata_smart_attributes'] as Node | undefined)?.['table'] as Node[] | undefined;
      worseState(table?.[0], 'when_failed', ['', 'past', 'now']);
    },
  },
  ...(['critical_warning', 'percentage_used', 'media_errors'] as const).map((key): Worsening => ({
    name: `NVMe ${key} grows`,
    section: 'storage',
    apply: (s, amount, pick) => {
      const smart = one(s, pick, 'storage', 'diskLayout')?.['smartData'] as Node | undefined;
      towards(smart?.['nvme_smart_health_information_log'] as Node | undefined, key, 255, amount ** 2);
    },
  })),
  {
    name: 'NVMe spare runs out',
    section: 'storage',
    apply: (s, amount, pick) => {
      const smart = one(s, pick, 'storage', 'diskLayout')?.['smartData'] as Node | undefined;
      towards(smart?.['nvme_smart_health_information_log'] as Node | undefined, 'available_spare', 0, amount);
    },
  },
  {
    name: 'the disks get busier',
    section: 'storage',
    apply: (s, amount) => towards(at(s, 'storage', 'disksIO'), 'tWaitPercent', 500, amount, false),
  },
  {
    name: 'a disk answers more slowly',
    section: 'storage',
    apply: (s, amount, pick) =>
      towards(at(s, 'storage', 'disksIO'), pick < 0.5 ? 'read_await_ms' : 'write_await_ms', 2000, amount),
  },
  {
    name: 'a file system fills up faster',
    section: 'storage',
    apply: (s, amount, pick) => towards(one(s, pick, 'storage', 'fsSize'), 'hours_until_full', 0, amount),
  },
  {
    name: 'a sensor gets hotter',
    section: 'thermal',
    apply: (s, amount, pick) => towards(one(s, pick, 'thermal', 'sensors'), 'temperature', 150, amount),
  },
  {
    name: 'a graphics card gets hotter',
    section: 'graphics',
    apply: (s, amount, pick) => towards(one(s, pick, 'graphics', 'controllers'), 'temperatureGpu', 140, amount),
  },
  {
    name: 'the processor waits more for the disks',
    section: 'cpu',
    apply: (s, amount) => towards(at(s, 'cpu'), 'iowait', 100, amount, false),
  },
  counter('memory runs out', 'memory', 'available', 0),
  counter('swap fills up', 'memory', 'swapused', 1e9),
  {
    name: 'ECC corrects more',
    section: 'memory',
    apply: (s, amount) => towards(at(s, 'memory', 'ecc'), 'correctable', 200_000, amount ** 4),
  },
  {
    name: 'ECC fails',
    section: 'memory',
    apply: (s, amount) => towards(at(s, 'memory', 'ecc'), 'uncorrectable', 20, amount ** 2),
  },
  {
    name: 'the processor gets busier',
    section: 'cpu',
    apply: (s, amount) => towards(at(s, 'cpu'), 'currentLoad', 100, amount, false),
  },
  {
    name: 'the load average rises',
    section: 'cpu',
    apply: (s, amount) => towards(at(s, 'cpu'), 'avgLoad', 20, amount, false),
  },
  {
    name: 'the package gets hotter',
    section: 'cpu',
    apply: (s, amount) => towards(at(s, 'cpu', 'temperature'), 'main', 130, amount, false),
  },
  {
    name: 'a core gets hotter',
    section: 'cpu',
    apply: (s, amount) => towards(at(s, 'cpu', 'temperature'), 'max', 130, amount, false),
  },
  counter('more processes block', 'processes', 'blocked', 200),
  counter('the battery wears', 'battery', 'maxCapacity', 1),
  counter('the battery cycles', 'battery', 'cycleCount', 5000),
  {
    name: 'the battery empties',
    section: 'battery',
    apply: (s, amount) => towards(at(s, 'battery'), 'percent', 0, amount, false),
  },
  {
    name: 'the charger is pulled',
    section: 'battery',
    apply: (s) => worseState(at(s, 'battery'), 'acConnected', [true, false]),
  },
  counter('the network slows down', 'network', 'latency_ms', 60_000),
  {
    name: 'more packets are lost',
    section: 'network',
    apply: (s, amount) => towards(at(s, 'network'), 'packet_loss_percent', 100, amount, false),
  },
  {
    name: 'the network goes away',
    section: 'network',
    apply: (s) => worseState(at(s, 'network'), 'connectivity', [true, false]),
  },
  {
    name: 'an adapter drops more',
    section: 'network',
    apply: (s, amount, pick) => towards(one(s, pick, 'network', 'stats'), 'rx_dropped', 1e7, amount ** 4),
  },
  {
    name: 'an adapter errs more',
    section: 'network',
    apply: (s, amount, pick) => towards(one(s, pick, 'network', 'stats'), 'rx_errors', 1e7, amount ** 4),
  },
  counter('the stability index falls', 'stability', 'stability_index', 1),
  counter('more bugchecks', 'stability', 'bugchecks_7d', 200),
  counter('more shutdowns', 'stability', 'unexpected_shutdowns_7d', 200),
  counter('more crashes', 'stability', 'crashes_7d', 1000),
  counter('more hardware errors', 'stability', 'hardware_errors_7d', 200),
  counter('more disk errors', 'stability', 'disk_errors_7d', 200),
  counter('more programs are killed', 'stability', 'oom_kills', 200),
  {
    name: 'the clock drifts away',
    section: 'stability',
    apply: (s, amount) => {
      const offset = at(s, 'stability')?.['clock_offset_seconds'];
      towards(at(s, 'stability'), 'clock_offset_seconds', Number(offset) < 0 ? -10_000 : 10_000, amount);
    },
  },
  {
    name: 'the clock loses its server',
    section: 'stability',
    apply: (s) => worseState(at(s, 'stability'), 'clock_synchronised', [true, false]),
  },
  counter('it runs on', 'stability', 'uptime', 1e9),
  {
    name: 'a restart is due',
    section: 'stability',
    apply: (s) => worseState(at(s, 'stability'), 'reboot_required', [false, true]),
  },
  counter('it runs for longer', 'os', 'uptime', 1e9),
  {
    name: 'a service fails',
    section: 'services',
    apply: (s, _amount, pick) => worseState(one(s, pick, 'services', 'services'), 'running', [true, false]),
  },
  {
    name: 'the firewall goes off',
    section: 'security',
    apply: (s) => worseState(at(s, 'security', 'firewall'), 'enabled', [true, false]),
  },
  {
    name: 'an antivirus goes off',
    section: 'security',
    apply: (s, _amount, pick) => worseState(one(s, pick, 'security', 'antivirus'), 'enabled', [true, false]),
  },
  {
    name: 'an antivirus ages',
    section: 'security',
    apply: (s, _amount, pick) => worseState(one(s, pick, 'security', 'antivirus'), 'up_to_date', [true, false]),
  },
  {
    name: 'encryption goes off',
    section: 'security',
    apply: (s) => worseState(at(s, 'security', 'encryption'), 'root', [true, false]),
  },
];
