import type { ReportFacts } from '../../src/reports/report-facts.js';
import { machines } from '../scoring/corpus/machines.js';
import { ext4, GB, hardDisk, nvmeDisk, ok } from '../scoring/corpus/parts.js';
import { counterPc, diagnosed, factsOf, pastOf } from './facts.js';

const NOTES =
  'Cliente relata lentidão ao abrir o sistema de caixa.\nDisco trocado por SSD novo; dados copiados e conferidos.\n\nRetirar após as 14 h.';

const DAY_MS = 86_400_000;
const now = new Date('2026-11-22T17:30:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);

/** A machine with much the matter. */
const sick = {
  ...machines.smartFailing,
  storage: ok({
    fsSize: [ext4, { ...ext4, mount: '/home', size: 480 * GB, used: 448 * GB, available: 32 * GB, use: 93.3 }],
    diskLayout: [hardDisk({ pending: 40, reallocated: 300, passed: false, celsius: 58 })],
    disksIO: null,
  }),
  security: ok({ firewall: 'off', antivirus: 'off', encryption: 'off' }),
  thermal: { status: 'denied' as const, error: 'needs root' },
};
const mended = {
  ...machines.healthyDesktop,
  storage: ok({ fsSize: [ext4], diskLayout: [{ ...nvmeDisk, serialNum: 'S6B0NL0T812345' }], disksIO: null }),
};

function worn(days: number, capacity: number) {
  const sections = {
    ...machines.wornBatteryLaptop,
    battery: ok({ ...machines.wornBatteryLaptop.battery.data, maxCapacity: capacity }),
  };
  return diagnosed(sections, { at: daysAgo(days), number: 100 + days });
}

const healthy = diagnosed(machines.healthyNvmeLaptop, { at: now });
const critical = diagnosed(sick, { at: daysAgo(2), number: 2, notes: NOTES });
const after = diagnosed(mended, { at: now, number: 3, notes: NOTES });
const battery = [240, 200, 150, 100, 60, 30, 0].map((days, index) => worn(days, 46_000 - index * 2_300));
const wornNow = battery.at(-1) ?? healthy;

/** Reports to be looked at, and to be measured. */
export const samples: Readonly<Record<string, ReportFacts>> = {
  healthy: factsOf(machines.healthyNvmeLaptop, { diagnostic: healthy, past: [healthy].map(pastOf) }),
  critical: factsOf(sick, {
    diagnostic: critical,
    past: [diagnosed(machines.fivePendingSectors, { at: daysAgo(90) }), critical].map(pastOf),
  }),
  beforeAfter: factsOf(mended, {
    diagnostic: after,
    against: critical,
    past: [diagnosed(machines.fivePendingSectors, { at: daysAgo(90) }), critical, after].map(pastOf),
  }),
  worn: factsOf(machines.wornBatteryLaptop, { diagnostic: wornNow, past: battery.map(pastOf) }),
  blind: factsOf(
    { memory: { status: 'denied' }, storage: { status: 'timeout' } },
    { machine: { ...counterPc, customer: null, site: null, timezone: null } },
  ),
};
