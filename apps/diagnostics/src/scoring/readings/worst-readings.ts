import { byWeight, INSTANCES_PER_CHECK, judge, type Assessment } from '../assessment.js';
import type { CheckCode } from '../checks/checks.js';
import type { Reading } from './reading.js';

/** Cut when a check has so many: seldom enough to cost little, soon enough to keep little. */
const CUT_AT = 16 * INSTANCES_PER_CHECK;

/**
 * Readings of one section. Of a check with very many instances only those are kept that can be among the worst under any
 * policy: the worst as they stand, and the farthest of all that are held back alike (an override orders by these).
 */
export class WorstReadings {
  private readonly byCode = new Map<CheckCode, Reading[]>();

  add(reading: Reading): void {
    const known = this.byCode.get(reading.code);
    if (!known) this.byCode.set(reading.code, [reading]);
    else if (known.push(reading) >= CUT_AT) this.byCode.set(reading.code, worstOf(known));
  }

  get readings(): Reading[] {
    return [...this.byCode.values()].flatMap((readings) =>
      readings.length > INSTANCES_PER_CHECK ? worstOf(readings) : readings,
    );
  }
}

function worstOf(readings: readonly Reading[]): Reading[] {
  const assessments = readings.flatMap((reading) => judge(reading) ?? []);
  const kept = new Set<Reading>();
  keepFirst(kept, assessments.sort(byWeight));
  const byBadness = assessments.sort((a, b) => b.badness - a.badness || (a.key < b.key ? -1 : 1));
  for (const at_most of new Set(readings.map((reading) => reading.at_most))) {
    keepFirst(
      kept,
      byBadness.filter(({ reading }) => reading.at_most === at_most),
    );
  }
  return readings.filter((reading) => kept.has(reading));
}

/** So many keys; of each the first. */
function keepFirst(kept: Set<Reading>, sorted: readonly Assessment[]): void {
  const keys = new Set<string>();
  for (const { key, reading } of sorted) {
    if (keys.has(key)) continue;
    if (keys.size === INSTANCES_PER_CHECK) return;
    keys.add(key);
    kept.add(reading);
  }
}
