import { dot, Explained, stepAt, waveOf } from './explained.js';
import { Fourier } from './fourier.js';

/** A sine that stands out of the noise around it. */
export interface Wave {
  /** Turns per row. */
  frequency: number;
  /** Sum of squares that it explained. */
  power: number;
  p_value: number;
}

export interface Found {
  waves: Wave[];
  /** What neither a wave nor trend or level shifts explain. */
  rest: Float64Array;
}

/** A single cycle with sharp edges has many waves; more than these change no answer, but each costs a transform. */
const MOST_WAVES = 16;
/** Level shifts taken out; a series with more is a matter for change points. */
const MOST_STEPS = 4;
/** Over the whole spectrum. Kept low, since the noise is estimated from few neighbours and seldom quite as assumed. */
export const SIGNIFICANT = 1e-3;
/** The noise at a frequency is read from the octave below to the octave above, and from no fewer neighbours than these. */
const NEIGHBOURS = 10;

/**
 * Takes out of the rows, strongest first, whatever is clearest: a wave or a level shift, each time refitting all (matching
 * pursuit). So a strong cycle does not hide a weak one beside it, nor does a shift pass for a slow cycle.
 */
export function wavesOf(rows: Float64Array, longest: number): Found {
  const n = rows.length;
  const explained = new Explained(rows);
  explained.add(new Float64Array(n).fill(1));
  explained.add(Float64Array.from({ length: n }, (_, i) => i / n - 0.5));
  const fourier = new Fourier(2 * n);
  const waves: Wave[] = [];
  let steps = 0;
  while (waves.length < MOST_WAVES) {
    if (dot(explained.rest, explained.rest) < 1e-9 * n) break;
    const power = fourier.power(explained.rest);
    const peak = clearest(power, fourier.size, n, longest);
    const step = steps < MOST_STEPS ? bestStep(explained.rest) : null;
    if (step && step.gain > 12 * Math.log(n) * noiseOf(explained.rest) && step.gain > (2 / n) * (peak?.power ?? 0)) {
      explained.add(stepAt(step.row, n));
      steps++;
      continue;
    }
    if (!peak || peak.p_value > SIGNIFICANT) break;
    const frequency = sharpened(explained.rest, peak.frequency, 1 / fourier.size);
    waves.push({ frequency, power: explained.add(...waveOf(frequency, n)), p_value: peak.p_value });
  }
  return { waves, rest: explained.rest };
}

/** Where the power is highest above the noise around it. */
function clearest(power: Float64Array, size: number, n: number, longest: number): Wave | null {
  const perBin = size / n;
  const bins = Math.floor(n / 2);
  const from = Math.ceil(size / longest);
  let best: Wave | null = null;
  let floor = 0;
  let neighbours = 0;
  let until = -1;
  for (let j = from; j < power.length; j++) {
    if (j > until) {
      // One estimate serves a sixteenth of an octave.
      const bin = j / perBin;
      ({ floor, neighbours } = noiseAround(power, bin, perBin, bins));
      until = Math.floor(j * 1.045);
    }
    if (!(floor > 0)) continue;
    const p = bins * (1 + power[j]! / floor / neighbours) ** -neighbours;
    if (!best || p < best.p_value || (p === best.p_value && power[j]! > best.power)) {
      best = { frequency: j / size, power: power[j]!, p_value: p };
    }
  }
  return best;
}

/** The mean power that noise has around a bin, from the median of its neighbours (which waves hardly touch). */
function noiseAround(power: Float64Array, bin: number, perBin: number, bins: number) {
  let low = Math.max(1, bin / 2);
  let high = Math.min(bins - 1, bin * 2);
  if (high - low < NEIGHBOURS) {
    low = Math.max(1, Math.min(low, high - NEIGHBOURS));
    high = Math.min(bins - 1, low + NEIGHBOURS);
  }
  // No more than 64 of them: the median is then known to a sixth.
  const stride = Math.max(1, (high - low) / 64);
  const around: number[] = [];
  for (let at = low; at <= high; at += stride) around.push(power[Math.min(power.length - 1, Math.round(at * perBin))]!);
  around.sort((a, b) => a - b);
  return { floor: around[around.length >> 1]! / Math.LN2, neighbours: around.length / 2 };
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
