/**
 * Splits a whole number over shares in proportion to them, exactly: largest remainder first, ties to the earlier share.
 * The result adds up to `total`; shares that add up to nothing get nothing.
 */
export function apportion(total: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((left, right) => left + right, 0);
  if (sum <= 0) return shares.map(() => 0);
  const exact = shares.map((share) => (share / sum) * total);
  const whole = exact.map(Math.floor);
  const missing = total - whole.reduce((left, right) => left + right, 0);
  exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
    .slice(0, missing)
    .forEach(({ index }) => (whole[index] = (whole[index] ?? 0) + 1));
  return whole;
}
