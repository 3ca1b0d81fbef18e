/** A bent growth over the past (0…1) and beyond: its value, and its slope over the first half and at the end. */
export interface Curve {
  value: (share: number) => number;
  first: number;
  last: number;
}

/** From hardly bent to faster than a parabola, or slowing down; a line has a reading of its own. */
const powers = [0.5, 0.6, 0.7, 0.8, 0.9, ...Array.from({ length: 20 }, (_, i) => 1.1 + i / 12)];
/** Growth by a share of what is there: from a fourth more to seven times as fast at the end. */
const rates = Array.from({ length: 10 }, (_, i) => 0.2 * (i + 1));

/** What growth that is not even may look like: a power of the time that was seen, or compound. */
export const curves: readonly Curve[] = [
  ...powers.map((power) => ({
    value: (share: number) => Math.max(0, share) ** power,
    first: 2 * 0.5 ** power,
    last: power,
  })),
  ...rates.map((rate) => ({
    value: (share: number) => Math.expm1(rate * share) / rate,
    first: (2 * Math.expm1(rate / 2)) / rate,
    last: Math.exp(rate),
  })),
];
