/** ln k! for k = 0 … n. */
export function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let k = 2; k <= n; k++) logs[k] = (logs[k - 1] ?? 0) + Math.log(k);
  return logs;
}

/**
 * Fisher's exact test, one-sided: how probable it is that of `group` devices picked out of `all`, `hits` or more are
 * among the `marked` ones by chance. `logs` are the factorials up to `all`.
 */
export function fisherUpper(hits: number, group: number, marked: number, all: number, logs: Float64Array): number {
  const choose = (n: number, k: number) => (logs[n] ?? 0) - (logs[k] ?? 0) - (logs[n - k] ?? 0);
  const total = choose(all, group);
  let p = 0;
  for (let k = Math.max(hits, group + marked - all); k <= Math.min(group, marked); k++) {
    p += Math.exp(choose(marked, k) + choose(all - marked, group - k) - total);
  }
  return Math.min(1, p);
}
