/**
 * The two greatest of what was seen. What a series did twice is its nature and no news; what it did once may have been
 * an incident, and must not blind us to the next one.
 */
export function longestTwo([longest, second]: readonly [number, number], length: number): [number, number] {
  if (length > longest) return [length, longest];
  return [longest, Math.max(second, length)];
}
