import { batteryWearMinimum, predictBatteryWear } from '../models/battery-wear/index.js';
import { predictDiskFailure, snapshotsOf, type AttributeSeries } from '../models/disk-failure/index.js';
import { capacityOf, diskFullMinimum, predictDiskFull } from '../models/disk-full/index.js';
import type { Series } from '../models/series/index.js';
import type { Facts, SeriesFact } from './facts.js';
import type { Ground } from './ground.js';
import { ruleNamed } from './rules.js';

const HOUR_MS = 3_600_000;
/** A disk that is full within as long is worth a visit. */
const FULL_WITHIN_HOURS = 30 * 24;
/** A disk whose use moved by less than a quarter of what is free would have to grow four times as fast as it ever did. */
const SLOWEST_HASTE = 0.25;
/** The model takes a twentieth of a second a disk, and an answer two seconds at the most: the most hasty ones. */
const DISKS_FORESEEN = 8;
/** A battery at 60 % no longer holds half a working day; new ones take weeks to come. */
const WORN_WITHIN_HOURS = 90 * 24;
/** The late end of the band is within the time: nine of ten. Its middle alone: half. */
const SURELY = 0.9;
const LIKELY = 0.5;
/** What the models foresee of what is stored. */
export function predictions(facts: Facts): Ground[] {
  return [...failingDisks(facts), ...fillingDisks(facts), ...wornBatteries(facts)];
}

function failingDisks({ series, disks }: Facts): Ground[] {
  const models = new Map(disks.map(({ device_id, serial, name }) => [`${device_id} ${serial}`, name]));
  return [...grouped(series.filter(({ metric }) => metric.startsWith('smart.')))].flatMap(([name, attributes]) => {
    const newest = newestOf(attributes);
    const { risk } = predictDiskFailure(snapshotsOf(attributes.map(toAttribute), models.get(name) ?? null));
    if (!newest || !risk || (risk.band !== 'high' && risk.band !== 'critical')) return [];
    const { device_id, instance } = newest;
    return [
      {
        rule: ruleNamed('REPLACE_DISK'),
        deviceId: device_id,
        key: instance,
        subject: instance,
        probability: risk.probability,
        points: 0,
        evidence: [evidenceOf(newest, 'disk failure within 30 days', risk.probability, null)],
        facts: {},
      },
    ];
  });
}

function fillingDisks({ series }: Facts): Ground[] {
  const of = (metric: string) => [...grouped(series.filter((each) => each.metric === metric))];
  const ratios = new Map(of('disk.used_ratio'));
  return of('disk.used_bytes')
    .flatMap(([name, [used]]) => {
      const ratio = ratios.get(name)?.[0];
      const capacity = used && ratio && capacityOf(used, ratio);
      if (!used || capacity === undefined || used.at.length < diskFullMinimum) return [];
      return [{ used, capacity, haste: hasteOf(used, capacity) }];
    })
    .filter(({ haste }) => haste > SLOWEST_HASTE)
    .sort((a, b) => b.haste - a.haste)
    .slice(0, DISKS_FORESEEN)
    .flatMap(({ used, capacity }) => groundOfFilling(used, capacity));
}

/** By how many times what is free its use moved in a month, had it moved all month as it did while it was seen. */
function hasteOf({ at, values }: SeriesFact, capacity: number): number {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const free = Math.max(capacity - (values.at(-1) ?? 0), 1);
  const hours = Math.max(((at.at(-1) ?? 0) - (at[0] ?? 0)) / HOUR_MS, 1);
  return ((high - low) * FULL_WITHIN_HOURS) / hours / free;
}

function groundOfFilling(used: SeriesFact, capacity: number): Ground[] {
  const { eta } = predictDiskFull(toSeries(used), capacity);
  if (!eta || eta.hours > FULL_WITHIN_HOURS) return [];
  const { device_id, instance } = used;
  return [
    {
      rule: ruleNamed('FREE_DISK_SPACE'),
      deviceId: device_id,
      key: instance,
      subject: instance,
      probability: eta.high !== null && eta.high <= FULL_WITHIN_HOURS ? SURELY : LIKELY,
      points: 0,
      evidence: [evidenceOf(used, 'hours until the disk is full', Math.round(eta.hours), FULL_WITHIN_HOURS)],
      dueAt: (used.at.at(-1) ?? 0) + eta.hours * HOUR_MS,
      facts: {},
    },
  ];
}

function wornBatteries({ series }: Facts): Ground[] {
  return series.flatMap((health) => {
    if (health.metric !== 'battery.health' || health.at.length < batteryWearMinimum) return [];
    const { eta_60: eta } = predictBatteryWear(toSeries(health));
    if (!eta || eta.hours > WORN_WITHIN_HOURS) return [];
    const { device_id, instance } = health;
    return [
      {
        rule: ruleNamed('REPLACE_BATTERY'),
        deviceId: device_id,
        key: instance,
        subject: instance === '' ? null : instance,
        probability: eta.high !== null && eta.high <= WORN_WITHIN_HOURS ? SURELY : LIKELY,
        points: 0,
        evidence: [evidenceOf(health, 'hours until 60 % of the capacity', Math.round(eta.hours), WORN_WITHIN_HOURS)],
        dueAt: (health.at.at(-1) ?? 0) + eta.hours * HOUR_MS,
        facts: {},
      },
    ];
  });
}

/** By device and instance. */
function grouped(series: readonly SeriesFact[]): Map<string, SeriesFact[]> {
  const groups = new Map<string, SeriesFact[]>();
  for (const each of series) {
    const name = `${each.device_id} ${each.instance}`;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return groups;
}

function newestOf(series: readonly SeriesFact[]): SeriesFact | undefined {
  return series.toSorted((a, b) => (b.at.at(-1) ?? 0) - (a.at.at(-1) ?? 0))[0];
}

function toAttribute({ metric, at, values }: SeriesFact): AttributeSeries {
  return { id: metric.slice('smart.'.length), at, values };
}

function toSeries({ at, values }: SeriesFact): Series {
  const steps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  const stepMs = steps.sort((a, b) => a - b)[steps.length >> 1] ?? HOUR_MS;
  return { at: Float64Array.from(at), values: Float64Array.from(values), stepMs };
}

function evidenceOf(series: SeriesFact, metric: string, value: number, threshold: number | null) {
  return {
    source: 'prediction' as const,
    ref: `/api/v1/diagnostics/${series.diagnostic_id}`,
    metric,
    value,
    threshold,
    at: new Date(series.at.at(-1) ?? 0).toISOString(),
  };
}
