import { FAULTS_MAX, InputRefused, type Fault } from './refused.js';
import { parseTime } from './time-text.js';

/** Moments beyond have no ISO 8601 text that every reader knows. */
export const TIME_END = Date.UTC(10_000, 0);

/** Beyond this a sum of squares is no number any more; no metric of a machine comes near. */
const VALUE_MAX = 1e100;

/** How a caller may name a moment. */
const A_MOMENT = 'is not a moment: an ISO 8601 text or milliseconds since 1970, before the year 10000';

/**
 * @param pointer to the list, or to each of its moments
 * @throws InputRefused with a pointer for each that is no moment
 */
export function readTimes(given: readonly unknown[], pointer: string | ((index: number) => string)): Float64Array {
  const pointerTo = typeof pointer === 'string' ? (index: number) => `${pointer}/${index}` : pointer;
  const faults: Fault[] = [];
  const at = new Float64Array(given.length);
  for (const [index, value] of given.entries()) {
    const time = typeof value === 'string' ? parseTime(value) : typeof value === 'number' ? value : Number.NaN;
    at[index] = time;
    if (!(time >= 0 && time < TIME_END)) {
      faults.push({ pointer: pointerTo(index), detail: A_MOMENT });
      if (faults.length === FAULTS_MAX) break;
    }
  }
  if (faults.length > 0) throw new InputRefused('validation-failed', faults);
  return at;
}

/** What was stored before it was looked at: what cannot be calculated with is missing. */
export function calculable(values: Float64Array): { values: Float64Array; dropped: number } {
  const kept = values.map((value) => (Math.abs(value) <= VALUE_MAX ? value : Number.NaN));
  const dropped = kept.reduce((count, value, index) => count + (Object.is(value, values[index]) ? 0 : 1), 0);
  return { values: kept, dropped };
}

/** Null is a missing value and becomes NaN. @throws InputRefused with a pointer for each that is neither a number nor null */
export function readValues(given: readonly unknown[], pointer: string): Float64Array {
  const faults: Fault[] = [];
  const values = new Float64Array(given.length);
  for (const [index, value] of given.entries()) {
    if (value === null) values[index] = Number.NaN;
    else if (typeof value === 'number' && Math.abs(value) <= VALUE_MAX) values[index] = value;
    else {
      const detail =
        typeof value === 'number' ? 'is not a number that can be calculated with' : 'is neither a number nor null';
      faults.push({ pointer: `${pointer}/${index}`, detail });
      if (faults.length === FAULTS_MAX) break;
    }
  }
  if (faults.length > 0) throw new InputRefused('validation-failed', faults);
  return values;
}

/** @throws InputRefused that names the first index that has no partner */
export function sameLength(times: number, values: number, pointer: string): void {
  if (times === values) return;
  const detail = `there are ${times} timestamps and ${values} values`;
  throw new InputRefused('validation-failed', [{ pointer: `${pointer}/${Math.min(times, values)}`, detail }]);
}
