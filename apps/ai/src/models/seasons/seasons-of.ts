import type { Series } from '../series/series.js';
import { cleaned } from './cleaned.js';
import { dot } from './explained.js';
import type { Season } from './season.js';
import { wavesOf, type Wave } from './waves.js';

/** A cycle is not told from chance before it has come round this often. */
export const MIN_TURNS = 3;
/** Slower cycles are looked for down to so few turns, so that their overtones are not taken for cycles; but not reported. */
const SLOWEST = 1.5;

/** Rows searched at once; a search costs their number times its logarithm, for every wave. */
export const MAX_SEARCHED_ROWS = 8_192;

/** What is left of the frequencies' error by refitting them together, in turns over all rows. */
const BINS_APART = 0.3;
/** The standard error of a frequency in turns over all rows, for a wave that has just the power of the noise (√6 / π, halved in power). */
const FREQUENCY_ERROR = 0.55;
/** Of the base's power, what the first overtone and the later ones of a cycle reach at most: pulses and teeth stay below. */
const SECOND_OVERTONE = 0.75;
const LATER_OVERTONE = 0.4;
/** The overtones of even the shortest pulse are as strong as those beside them: not this much stronger. */
const TOWERS = 2.5;

interface Family {
  base: Wave;
  overtones: { wave: Wave; times: number }[];
}

/** The cycles of a series, strongest first; none for noise. */
export function seasonsOf({ values }: Pick<Series, 'values'>): Season[] {
  const n = values.length;
  if (n <= MAX_SEARCHED_ROWS) return searched(values, 1);
  // In a long series the short cycles are those of its end, and the long ones those of its course, row by row averaged.
  const apart = Math.ceil(n / MAX_SEARCHED_ROWS);
  const slow = searched(means(values, apart), apart).filter(({ length }) => length * MIN_TURNS > MAX_SEARCHED_ROWS);
  return [...searched(values.subarray(n - MAX_SEARCHED_ROWS), 1), ...slow].sort(byStrength);
}

/** Lengths in rows of which each that is searched stands for some. */
function searched(values: Float64Array, apart: number): Season[] {
  const rows = values.length < 4 * MIN_TURNS ? null : cleaned(values);
  if (!rows) return [];
  const { waves, rest } = wavesOf(rows, rows.length / SLOWEST);
  const unexplained = dot(rest, rest);
  return families(waves, rows.length)
    .map((family) => {
      const power = family.overtones.reduce((sum, { wave }) => sum + wave.power, family.base.power);
      return {
        length: Math.round(apart / frequencyOf(family)),
        strength: power / (power + unexplained),
        p_value: Math.min(1, family.base.p_value),
      };
    })
    .filter(({ length }) => length > 2 && length * MIN_TURNS <= rows.length * apart)
    .sort(byStrength);
}

function byStrength(a: Season, b: Season): number {
  return b.strength - a.strength || a.length - b.length;
}

/** Of so many rows each; of what is missing there is none. */
function means(values: Float64Array, apart: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / apart) }, (_, k) => {
    const known = values.subarray(k * apart, (k + 1) * apart).filter(Number.isFinite);
    return known.length > 0 ? known.reduce((sum, value) => sum + value / known.length, 0) : NaN;
  });
}

/** Every wave with those that are its overtones, slowest first. */
function families(found: readonly Wave[], n: number): Family[] {
  const waves = merged(found, n);
  const families: Family[] = [];
  for (const wave of waves) {
    const home = families.find(({ base }) => {
      const times = timesOf(wave, base, n);
      return times > 1 && !isOwnCycle(wave, base, times, waves, n);
    });
    if (home) home.overtones.push({ wave, times: timesOf(wave, home.base, n) });
    else families.push({ base: wave, overtones: [] });
  }
  return families;
}

/** How many times as fast as the base, when that is a whole number as far as the rows can tell; else zero. */
function timesOf(wave: Wave, base: Wave, n: number): number {
  const times = Math.round(wave.frequency / base.frequency);
  const error = BINS_APART + times * 3 * (FREQUENCY_ERROR / Math.sqrt(base.above));
  return Math.abs(wave.frequency - times * base.frequency) * n < error ? times : 0;
}

/** An overtone is weaker than its base and much like the overtones beside it; what towers above both is another cycle. */
function isOwnCycle(wave: Wave, base: Wave, times: number, waves: readonly Wave[], n: number): boolean {
  // Less what the noise may have given it.
  const sure = Math.max(0, Math.sqrt(wave.power) - Math.sqrt(wave.power / wave.above)) ** 2;
  const beside = waves.filter(
    (other) => other !== wave && other !== base && Math.abs(timesOf(other, base, n) - times) === 1,
  );
  const likely = (times === 2 ? SECOND_OVERTONE : LATER_OVERTONE) * base.power;
  return sure > likely && sure > TOWERS * Math.max(0, ...beside.map(({ power }) => power));
}

/** Slowest first; what the rows cannot resolve is one wave. */
function merged(waves: readonly Wave[], n: number): Wave[] {
  const kept: Wave[] = [];
  for (const wave of [...waves].sort((a, b) => b.power - a.power)) {
    const same = kept.find(({ frequency }) => Math.abs(frequency - wave.frequency) * n < 1.5);
    if (same) same.power += wave.power;
    else kept.push({ ...wave });
  }
  return kept.sort((a, b) => a.frequency - b.frequency);
}

/** An overtone tells the length more exactly than the base: by its multiple squared, and by its power. */
function frequencyOf({ base, overtones }: Family): number {
  let sum = base.frequency * base.power;
  let weight = base.power;
  for (const { wave, times } of overtones) {
    sum += (wave.frequency / times) * wave.power * times * times;
    weight += wave.power * times * times;
  }
  return sum / weight;
}
