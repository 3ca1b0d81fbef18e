/** What lies between two figures, without the dust of binary fractions; null where either is unknown. */
export function roundedDelta(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.round((to - from) * 1e4) / 1e4;
}
