import { logOddsOf } from './calibration.js';
import { DELTA_HOURS, HORIZON_HOURS, bands, type Band, type DiskFailure } from './disk-failure.js';
import type { SmartHistory } from './smart-history.js';

/** What speaks against a disk that no failure data covers. */
interface Rule {
  readonly attribute: string;
  readonly band: Exclude<Band, 'low'>;
  readonly broken: (value: number, grown: number, history: SmartHistory) => boolean;
}

/** The share of its spare that an NVMe drive warns at, where it does not name its own. */
const SPARE_THRESHOLD = 10;

/**
 * NVMe specification and Scrutiny: any critical warning, and spare below the drive's threshold, are critical. Zabbix
 * smart_agent2 and Scrutiny: more than 90 and 100 % of the rated life used; wear is planned, so neither is critical.
 * Scrutiny: any media error; one that no longer grows is an old story (a warning), one that grows is not.
 */
const nvmeRules: readonly Rule[] = [
  { attribute: 'critical_warning', band: 'critical', broken: (value) => value !== 0 },
  { attribute: 'available_spare', band: 'critical', broken: (value, _, history) => value < spareThreshold(history) },
  { attribute: 'available_spare', band: 'elevated', broken: (value, _, history) => value === spareThreshold(history) },
  { attribute: 'percentage_used', band: 'high', broken: (value) => value > 100 },
  { attribute: 'percentage_used', band: 'elevated', broken: (value) => value > 90 },
  { attribute: 'media_errors', band: 'critical', broken: (_, grown) => grown > 0 },
  { attribute: 'media_errors', band: 'elevated', broken: (value) => value > 0 },
];

/**
 * SATA SSDs: Backblaze's counters, whose rates were measured on hard disks and so only give an order: uncorrectable and
 * pending sectors from 1 on (more than 30 % of such disks a year), reallocated ones from 17 on (23 %).
 */
const ssdRules: readonly Rule[] = [
  ...['187', '197', '198'].flatMap((attribute): Rule[] => [
    { attribute, band: 'critical', broken: (_, grown) => grown > 0 },
    { attribute, band: 'high', broken: (value) => value > 0 },
  ]),
  { attribute: '5', band: 'high', broken: (_, grown) => grown > 0 },
  { attribute: '5', band: 'elevated', broken: (value) => value > 16 },
];

/** Wear alone says nothing of a failure: without one of these, silence is not health. */
const TELLING = {
  nvme: ['critical_warning', 'available_spare', 'media_errors'],
  ssd: ['5', '187', '197', '198'],
} as const;

/** An order, not frequencies: no failure data covers these disks. `low` is about what any disk has in a month. */
const PROBABILITY: Readonly<Record<Band, number>> = { low: 0.004, elevated: 0.02, high: 0.06, critical: 0.25 };

const VERSION = 'disk-rules 1';

/** Judges an NVMe drive or SSD by thresholds; null where it says neither good nor bad. */
export function byRules(history: SmartHistory, kind: 'nvme' | 'ssd'): DiskFailure | null {
  const broken = worstPerAttribute(history, kind === 'nvme' ? nvmeRules : ssdRules);
  if (broken.length === 0 && !TELLING[kind].some((attribute) => history.knows(attribute))) return null;
  const band = broken[0]?.band ?? 'low';
  return {
    risk: {
      probability: PROBABILITY[band],
      horizon_hours: HORIZON_HOURS,
      band,
      calibration: {
        method: 'none',
        prevalence: null,
        fleet_prevalence: null,
        fleet_probability: null,
        note: 'Judged by thresholds: no failure data covers this kind of disk. The probability gives an order, not a frequency.',
      },
    },
    drivers: broken.map(({ attribute, band: own }) => ({
      attribute,
      value: history.latest(attribute),
      delta_30d: finite(history.change(attribute, DELTA_HOURS)),
      contribution: logOddsOf(PROBABILITY[own]) - logOddsOf(PROBABILITY.low),
    })),
    method: 'rules',
    version: VERSION,
    warnings: [],
  };
}

/** Worst first. */
function worstPerAttribute(history: SmartHistory, rules: readonly Rule[]): Rule[] {
  const worst = new Map<string, Rule>();
  for (const rule of rules) {
    const value = history.latest(rule.attribute);
    const applies = !Number.isNaN(value) && rule.broken(value, history.change(rule.attribute, DELTA_HOURS), history);
    if (applies && rank(rule) > rank(worst.get(rule.attribute))) worst.set(rule.attribute, rule);
  }
  return [...worst.values()].sort((a, b) => rank(b) - rank(a));
}

function rank(rule: Rule | undefined): number {
  return rule ? bands.indexOf(rule.band) : 0;
}

function spareThreshold(history: SmartHistory): number {
  const own = history.latest('available_spare_threshold');
  return Number.isNaN(own) ? SPARE_THRESHOLD : own;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
