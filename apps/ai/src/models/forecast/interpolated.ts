/** The values with each missing one on the line between its neighbours; at an end, as the nearest known one. */
export function interpolated(values: Float64Array): { values: Float64Array; missing: number } {
  const filled = Float64Array.from(values);
  let missing = 0;
  let before = -1;
  for (let i = 0; i <= filled.length; i++) {
    if (i < filled.length && Number.isNaN(filled[i]!)) {
      missing++;
      continue;
    }
    const from = before < 0 ? filled[i]! : filled[before]!;
    const to = i < filled.length ? filled[i]! : from;
    for (let j = before + 1; j < i; j++) filled[j] = from + ((to - from) * (j - before)) / (i - before);
    before = i;
  }
  return { values: filled, missing };
}
