interface Measured {
  readonly at: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** What is used and which share of the disk that is, in the newest diagnostic that says both; undefined where none does. */
export function capacityOf(used: Measured, ratio: Measured): number | undefined {
  const shares = new Map(Array.from(ratio.at, (at, index) => [at, ratio.values[index] ?? 0]));
  for (let row = used.at.length - 1; row >= 0; row -= 1) {
    const share = shares.get(used.at[row] ?? Number.NaN);
    const bytes = used.values[row];
    if (share !== undefined && share > 0 && bytes !== undefined && bytes > 0) return bytes / share;
  }
  return undefined;
}
