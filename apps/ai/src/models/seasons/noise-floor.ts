/** How strongly a row follows the one before, as tried: from loosely to a random walk. Not at all is white noise. */
const FOLLOWS = [0.5, 0.8, 0.95, 1];
/** The red share of the noise at the highest frequency, as tried; the rest is white. */
const RED = [1, 0.1, 0.01, 0.001, 0.0001];
/** Bins per octave above the first 32: more would only weigh the high frequencies more. */
const PER_OCTAVE = 24;
/** A bin further above its floor tells of a cycle, not of the noise: it counts for the fit as this one. */
const MOST = 10;

interface Shape {
  follows: number;
  red: number;
  /** At the sampled positions. */
  heights: Float64Array;
  /** Sum of their logarithms. */
  logs: number;
}

/**
 * The power that noise alone has at each frequency: white, red, or a random walk, whichever fits the periodogram best
 * (Whittle's likelihood, cut off where a cycle stands, scaled by the median). A shape of two numbers is known well even at
 * the slow end, where the bins beside a slow cycle are too few to tell its noise.
 */
export class NoiseFloor {
  private readonly positions: number[];
  private readonly shapes: Shape[];
  /** 1 − cos of the frequency of each position. */
  private readonly turns: Float64Array;

  /** For periodograms of this many positions, of which every `perBin`-th is independent of the one before. */
  constructor(size: number, perBin: number) {
    this.turns = Float64Array.from({ length: size }, (_, position) => 1 - Math.cos((Math.PI * position) / size));
    this.positions = sampled(size / perBin).map((bin) => Math.round(bin * perBin));
    this.shapes = [{ follows: 0, red: 0 }, ...FOLLOWS.flatMap((follows) => RED.map((red) => ({ follows, red })))].map(
      (shape) => {
        const heights = Float64Array.from(this.positions, (position) => heightAt(this.turns[position]!, shape));
        return { ...shape, heights, logs: heights.reduce((sum, height) => sum + Math.log(height), 0) };
      },
    );
  }

  /** The mean power of the noise at each position. */
  under(power: Float64Array): Float64Array {
    const { positions } = this;
    const ratios = new Float64Array(positions.length);
    let best = { fit: Infinity, scale: 0, shape: this.shapes[0]! };
    for (const shape of this.shapes) {
      for (let k = 0; k < ratios.length; k++) ratios[k] = power[positions[k]!]! / shape.heights[k]!;
      const scale = ratios.sort()[ratios.length >> 1]! / Math.LN2;
      if (!(scale > 0)) continue;
      let fit = shape.logs + ratios.length * Math.log(scale);
      for (let k = 0; k < ratios.length; k++) fit += Math.min(ratios[k]! / scale, MOST);
      if (fit < best.fit - 1e-9) best = { fit, scale, shape };
    }
    return this.turns.map((turn) => best.scale * heightAt(turn, best.shape));
  }
}

/** The spectrum where 1 − cos of the frequency is `turn`; one at the highest. */
function heightAt(turn: number, { follows, red }: Pick<Shape, 'follows' | 'red'>): number {
  const loose = (1 - follows) ** 2;
  return 1 - red + (red * (loose + 4 * follows)) / Math.max(loose + 2 * follows * turn, 1e-12);
}

function sampled(bins: number): number[] {
  const chosen: number[] = [];
  for (let bin = 1; bin < bins - 1; bin = Math.max(bin + 1, bin * 2 ** (1 / PER_OCTAVE))) chosen.push(bin);
  return chosen;
}
