/**
 * What comes also holds what eight moments of the past did not: without this, bands for 80 and 95 % held 76 and 91 % of
 * real hourly series two days ahead, with it 82 and 94 %.
 */
const unseen = 1.2;

/**
 * How far from its point a forecast is to reach at each lead to hold `level` of what comes: by what the same forecast
 * missed when made for the past, growing with the lead as it did there (conformal, without a distribution).
 */
export function bandOf(missed: readonly Float64Array[], level: number, horizon: number): Float64Array {
  const leads = missed[0]!.length;
  const typical = grown(missed, leads);
  const shares = missed
    .flatMap((errors) => Array.from(errors, (error, h) => (typical[h]! > 0 ? Math.abs(error) / typical[h]! : 0)))
    .sort((a, b) => a - b);
  const share = shares[Math.min(shares.length - 1, Math.ceil((shares.length + 1) * level) - 1)]!;
  return new Float64Array(horizon).map((_, h) => {
    // Beyond the leads that the past could show, as a random walk spreads.
    return unseen * share * typical[Math.min(h, leads - 1)]! * Math.sqrt(Math.max(1, (h + 1) / leads));
  });
}

/** What was missed at each lead on average, over near leads, and never less than at a nearer one. */
function grown(missed: readonly Float64Array[], leads: number): Float64Array {
  const sums = new Float64Array(leads + 1);
  for (let h = 0; h < leads; h++) {
    sums[h + 1] = sums[h]! + missed.reduce((sum, errors) => sum + Math.abs(errors[h]!), 0) / missed.length;
  }
  let most = 0;
  return new Float64Array(leads).map((_, h) => {
    const from = h >> 1;
    const to = Math.min(leads, 2 * h + 2);
    return (most = Math.max(most, (sums[to]! - sums[from]!) / (to - from)));
  });
}
