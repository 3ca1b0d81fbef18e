import type { SmartSnapshot } from './smart-snapshot.js';

/** What is stored of one attribute of a disk. */
export interface AttributeSeries {
  /** Its number, or its name for NVMe. */
  readonly id: string;
  readonly at: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Power-on hours, which is the clock of a disk. */
const POWER_ON_HOURS = '9';

/** The attributes of one diagnostic have one time: they are one snapshot. */
export function snapshotsOf(attributes: Iterable<AttributeSeries>, model: string | null): SmartSnapshot[] {
  const byTime = new Map<number, Record<string, number>>();
  for (const { id, at, values } of attributes) {
    for (const [index, time] of Array.from(at).entries()) {
      const snapshot = byTime.get(time) ?? {};
      snapshot[id] = values[index] ?? Number.NaN;
      byTime.set(time, snapshot);
    }
  }
  return [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([at, read]) => ({ at, hours: read[POWER_ON_HOURS] ?? null, model, attributes: read }));
}
