import { COUNT, type Bucket, type BucketsRule, type Levels } from './check.js';

/**
 * The annual failure rate of the bucket `(previous, upTo]` that holds the value; beyond the last one, the last.
 * Observed rates wobble from bucket to bucket; more errors never make a disk better, so the highest rate so far counts.
 */
export function failureRateOf(buckets: readonly Bucket[], value: number): number {
  let highest = 0;
  for (const { upTo, annualFailureRate } of buckets) {
    highest = Math.max(highest, annualFailureRate);
    if (value <= upTo) break;
  }
  return highest;
}

/** A rule out of what was observed: pairs of the last count of a bucket and its annual failure rate. */
export function byFailureRate(rates: Levels, ...pairs: [upTo: number, annualFailureRate: number][]): BucketsRule {
  const buckets = pairs.map(([upTo, rate]) => ({ upTo, annualFailureRate: rate }));
  return { kind: 'buckets', worse: 'above', buckets, rates, levels: countsAt(rates, buckets), range: COUNT };
}

/** Counts are whole: a bucket begins one above the end of the one before it. */
function countsAt(rates: Levels, buckets: readonly Bucket[]): Levels {
  const endBefore = (reached: (rate: number) => boolean): number | null => {
    const index = buckets.findIndex(({ annualFailureRate }) => reached(annualFailureRate));
    return index < 0 ? null : (buckets[index - 1]?.upTo ?? 0);
  };
  const startOf = (limit: number | null): number | null => {
    const end = limit === null ? null : endBefore((rate) => rate >= limit);
    return end === null ? null : end + 1;
  };
  const critical = startOf(rates.critical);
  const { critical_leave: back } = rates;
  return {
    leave: endBefore((rate) => rate > rates.leave) ?? COUNT[1],
    warning: startOf(rates.warning),
    critical_leave: critical === null || back === null ? null : endBefore((rate) => rate > back),
    critical,
    fail: startOf(rates.fail) ?? COUNT[1],
  };
}
