/** The median of the absolute difference of two rows of a normal distribution, in its standard deviations. */
const MEDIAN_DIFFERENCE = 0.9539;
/** Rows this far apart, as a share of all, tell how far a series strays by itself. */
const STRAYS_WITHIN = 1 / 40;
/** A series that follows itself more closely than this wanders: it has no level to come back to, hence no noise about one. */
const WANDERS = 0.95;
/** Of the long-run variance: what of it a part long enough to be seen still averages out. */
const LONG_RUN = 0.3;

/** The variance of the rows about their level, half the mean square of differences; by medians, which changes hardly touch. */
export function varianceOver(rows: Float64Array, lag: number): number {
  const differences = new Float64Array(rows.length - lag);
  for (let i = 0; i < differences.length; i++) differences[i] = Math.abs(rows[i + lag]! - rows[i]!);
  return (differences.sort()[differences.length >> 1]! / MEDIAN_DIFFERENCE) ** 2;
}

/**
 * The variance that a change has to beat: of rows a little apart, or the long-run variance of noise that follows itself
 * (AR(1), its coefficient from the differences over one row and over two, as Chakar, Lebarbier, Lévy-Leduc and Robin do).
 */
export function noiseOf(rows: Float64Array): number {
  const lag = Math.max(1, Math.round(rows.length * STRAYS_WITHIN));
  const near = varianceOver(rows, lag);
  const first = varianceOver(rows, 1);
  const follows = first > 0 ? varianceOver(rows, 2) / first - 1 : 0;
  if (follows <= 0 || follows >= WANDERS) return near;
  return Math.max(near, (LONG_RUN * (first * (1 + follows))) / (1 - follows) ** 2);
}
