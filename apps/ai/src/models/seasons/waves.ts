import { medianOf, standardised } from './cleaned.js';
import { dot, Explained, stepAt, waveOf } from './explained.js';
import { Fourier } from './fourier.js';
import { NoiseFloor } from './noise-floor.js';

/** A sine that stands out of the noise around it. */
export interface Wave {
  /** Turns per row. */
  frequency: number;
  /** Sum of squares that it explained. */
  power: number;
  /** How often as much as the noise at its frequency. */
  above: number;
  p_value: number;
}

export interface Found {
  waves: Wave[];
  /** What neither a wave nor trend or level shifts explain. */
  rest: Float64Array;
}

/** A single cycle with sharp edges has many waves; more than these change no answer, but each costs a transform. */
const MOST_WAVES = 9;
/** Level shifts taken out; a series with more is a matter for change points. */
const MOST_STEPS = 4;
/** Of the rows' variance: what is left is not looked into below this. */
const NEGLIGIBLE = 1e-3;
/** No cycle is quite even: one bin beside its frequency this share of its power may be left, falling with the square. */
const UNEVEN = 0.02;
/** Over the whole spectrum. Kept low, since the noise is estimated from few neighbours and seldom quite as assumed. */
export const SIGNIFICANT = 2e-4;
/** The floor of the noise is an estimate: as uncertain as one from this many bins. */
const DEGREES = 20;

/** A step must explain so many times the variance left, times the logarithm of the rows; taking out one too many harms little. */
const STEP_EVIDENCE = 2.5;
/** Spikes that hold less than this share of what is left are not worth a second search. */
const SPIKY = 0.05;
/** Beyond this many robust deviations from what is explained a row is cut back to there, and the search begun anew. */
const SPIKE = 4;

/** The waves of the rows. Spikes have power at every frequency: where there are any, the rest is searched without them. */
export function wavesOf(rows: Float64Array, longest: number): Found {
  const found = pursued(rows, longest);
  const sigma = 1.4826 * medianOf(found.rest.map(Math.abs));
  let spikes = 0;
  const cut = rows.map((row, i) => {
    const rest = Math.min(Math.max(found.rest[i]!, -SPIKE * sigma), SPIKE * sigma);
    spikes += found.rest[i]! ** 2 - rest ** 2;
    return row - found.rest[i]! + rest;
  });
  const again = sigma > 0 && spikes > SPIKY * dot(found.rest, found.rest) ? standardised(cut) : null;
  return again ? pursued(again, longest) : found;
}

/**
 * Takes out of the rows, strongest first, whatever is clearest: a wave or a level shift, each time refitting all (matching
 * pursuit). So a strong cycle does not hide a weak one beside it, nor does a shift pass for a slow cycle.
 */
function pursued(rows: Float64Array, longest: number): Found {
  const n = rows.length;
  const explained = new Explained(rows);
  const course: Float64Array[] = [
    new Float64Array(n).fill(1),
    Float64Array.from({ length: n }, (_, i) => i / n - 0.5),
    // The last overtone of an even cycle, of which there is no sine; two rows are no cycle to speak of.
    Float64Array.from({ length: n }, (_, i) => (i % 2) - 0.5),
  ];
  explained.add(...course);
  const spectrum = new Spectrum(n, longest);
  const waves: Wave[] = [];
  while (waves.length < MOST_WAVES) {
    if (dot(explained.rest, explained.rest) < NEGLIGIBLE * n) break;
    const peak = spectrum.clearest(explained.rest, waves);
    const step = course.length < 3 + MOST_STEPS ? bestStep(explained.rest) : null;
    if (step && isStep(explained.rest, step, peak.frequency)) {
      course.push(stepAt(step.row, n));
      explained.add(course[course.length - 1]!);
      continue;
    }
    if (peak.p_value > SIGNIFICANT) break;
    waves.push(peak);
    explained.add(...waveOf(peak.frequency, n));
  }
  if (waves.length === 0) return { waves, rest: explained.rest };
  const found = together(rows, course, waves);
  return { ...found, waves: spectrum.judged(found) };
}

/** All fitted again together, with frequencies corrected for what the waves hid of each other (Gauss and Newton, once). */
function together(rows: Float64Array, course: readonly Float64Array[], waves: readonly Wave[]): Found {
  const n = rows.length;
  let frequencies = waves.map(({ frequency }) => frequency);
  for (let turn = 0; ; turn++) {
    const pairs = frequencies.map((frequency) => waveOf(frequency, n));
    const explained = new Explained(rows);
    explained.add(...course, ...pairs.flat());
    const amplitudes = explained.coefficients().slice(course.length);
    const amplitude = (k: number) => [amplitudes[2 * k]!, amplitudes[2 * k + 1]!] as const;
    if (turn === 1) {
      return {
        waves: waves.map((wave, k) => {
          const [a, b] = amplitude(k);
          return { ...wave, frequency: frequencies[k]!, power: ((a * a + b * b) * n) / 2 };
        }),
        rest: explained.rest,
      };
    }
    // By the frequency, a cos + b sin grows with the row: about the middle, where it says least about a and b.
    explained.add(
      ...pairs.map(([cos, sin], k) => {
        const [a, b] = amplitude(k);
        return cos.map((_, i) => (i / n - 0.5) * (b * cos[i]! - a * sin[i]!));
      }),
    );
    const shifts = explained.coefficients().slice(course.length + 2 * waves.length);
    frequencies = frequencies.map((frequency, k) => {
      const shift = shifts[k]! / (2 * Math.PI * n);
      return frequency + Math.min(Math.max(shift, -0.5 / n), 0.5 / n);
    });
  }
}

class Spectrum {
  private readonly fourier: Fourier;
  private readonly noise: NoiseFloor;
  private readonly from: number;
  private readonly to: number;

  constructor(
    private readonly n: number,
    longest: number,
  ) {
    this.fourier = new Fourier(2 * n);
    this.noise = new NoiseFloor(this.fourier.size / 2, this.fourier.size / n);
    this.from = Math.ceil(this.fourier.size / longest);
    this.to = Math.floor(this.fourier.size * (0.5 - 1.5 / n));
  }

  /** The strongest wave that stands out; failing that, the one that most does. */
  clearest(rest: Float64Array, known: readonly Wave[]): Wave {
    const power = this.fourier.power(rest);
    const floor = this.floorUnder(power, known);
    let clearest = this.from;
    let highest = this.from;
    for (let j = this.from; j < this.to; j++) {
      if (power[j]! / floor[j]! > power[clearest]! / floor[clearest]!) clearest = j;
      if (power[j]! > power[highest]!) highest = j;
    }
    let best: Wave | null = null;
    for (const j of [highest, clearest]) {
      const wave = this.waveAt(rest, power, j, floor);
      if (wave.p_value <= SIGNIFICANT) return wave;
      // The wave itself may have passed for noise that is loud at its end of the spectrum: judged by what it leaves.
      const without = new Explained(rest);
      without.add(...waveOf(sharpened(rest, j / this.fourier.size, 1 / this.fourier.size), this.n));
      const alone = this.waveAt(rest, power, j, this.floorUnder(this.fourier.power(without.rest), known));
      if (alone.p_value <= SIGNIFICANT) return alone;
      if (!best || alone.p_value < best.p_value) best = alone;
    }
    return best!;
  }

  /** The waves as they stand above the noise that is left at the end. */
  judged({ waves, rest }: Found): Wave[] {
    const floor = this.noise.under(this.fourier.power(rest));
    return waves.map((wave) => ({
      ...wave,
      above: (wave.power * this.n) / 2 / floor[Math.round(wave.frequency * this.fourier.size)]!,
    }));
  }

  private floorUnder(power: Float64Array, known: readonly Wave[]): Float64Array {
    const floor = this.noise.under(power);
    const perBin = this.fourier.size / this.n;
    for (const wave of known) {
      const at = wave.frequency * this.fourier.size;
      const share = UNEVEN * wave.power;
      for (let j = this.from; j < floor.length; j++) floor[j]! += share / Math.max(1, ((j - at) / perBin) ** 2);
    }
    return floor;
  }

  private waveAt(rest: Float64Array, power: Float64Array, j: number, floor: Float64Array): Wave {
    const guess = j / this.fourier.size;
    const above = power[j]! / floor[j]!;
    const p_value = Math.floor(this.n / 2) * (1 + above / DEGREES) ** -DEGREES;
    const frequency = p_value > SIGNIFICANT ? guess : sharpened(rest, guess, 1 / this.fourier.size);
    return { frequency, power: power[j]!, above, p_value };
  }
}

/** The step that explains most of what is left. */
function bestStep(rest: Float64Array): { row: number; gain: number } {
  const n = rest.length;
  let sum = 0;
  let row = 0;
  let gain = 0;
  for (let k = 1; k < n; k++) {
    sum += rest[k - 1]!;
    const explained = (sum * sum * n) / (k * (n - k));
    if (explained > gain) [row, gain] = [k, explained];
  }
  return { row, gain };
}

/** Whether the step is clear, and leaves the wave less to explain than the wave leaves it: a slow wave's flank does not. */
function isStep(rest: Float64Array, step: { row: number; gain: number }, frequency: number): boolean {
  const n = rest.length;
  if (step.gain < STEP_EVIDENCE * Math.log(n) * noiseOf(rest)) return false;
  const stepFirst = new Explained(rest);
  stepFirst.add(stepAt(step.row, n));
  const waveFirst = new Explained(rest);
  waveFirst.add(...waveOf(frequency, n));
  return waveFirst.add(stepAt(step.row, n)) > stepFirst.add(...waveOf(frequency, n));
}

function noiseOf(rest: Float64Array): number {
  return dot(rest, rest) / rest.length;
}

/** The frequency near the guess at which the wave explains most: a golden-section search one bin to either side. */
function sharpened(rest: Float64Array, guess: number, width: number): number {
  const at = (frequency: number) => {
    const [cos, sin] = waveOf(frequency, rest.length);
    return dot(rest, cos) ** 2 + dot(rest, sin) ** 2;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = guess - width;
  let high = guess + width;
  let a = high - ratio * (high - low);
  let b = low + ratio * (high - low);
  let atA = at(a);
  let atB = at(b);
  for (let turn = 0; turn < 8; turn++) {
    if (atA > atB) {
      [high, b, atB] = [b, a, atA];
      a = high - ratio * (high - low);
      atA = at(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + ratio * (high - low);
      atB = at(b);
    }
  }
  return (low + high) / 2;
}
