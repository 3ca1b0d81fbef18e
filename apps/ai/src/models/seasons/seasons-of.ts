import type { Series } from '../series/series.js';
import { cleaned } from './cleaned.js';
import { dot } from './explained.js';
import type { Season } from './season.js';
import { wavesOf, type Wave } from './waves.js';

/** A cycle is not told from chance before it has come round this often. */
export const MIN_TURNS = 3;
/** Two waves are of one cycle when they agree within this share of what the rows can resolve (one turn in all of them). */
const AGREES = 0.6;
/** Overtones of a cycle are weaker than its base; one with more than this share of the base's power is a cycle of its own. */
const OWN_CYCLE = 0.75;

interface Family {
  base: Wave;
  overtones: { wave: Wave; times: number }[];
}

/** The cycles of a series, strongest first; none for noise. */
export function seasonsOf({ values }: Pick<Series, 'values'>): Season[] {
  const rows = values.length < 4 * MIN_TURNS ? null : cleaned(values);
  if (!rows) return [];
  const { waves, rest } = wavesOf(rows, rows.length / MIN_TURNS);
  const unexplained = dot(rest, rest);
  return families(waves, rows.length)
    .map((family) => {
      const power = [family.base, ...family.overtones.map(({ wave }) => wave)].reduce(
        (sum, wave) => sum + wave.power,
        0,
      );
      return {
        length: Math.round(1 / frequencyOf(family)),
        strength: power / (power + unexplained),
        p_value: Math.min(1, family.base.p_value),
      };
    })
    .filter(({ length }) => length >= 2 && length * MIN_TURNS <= rows.length)
    .sort((a, b) => b.strength - a.strength || a.length - b.length);
}

/** Every wave with those that are its overtones, slowest first. */
function families(waves: readonly Wave[], n: number): Family[] {
  const found: Family[] = [];
  for (const wave of [...waves].sort((a, b) => a.frequency - b.frequency)) {
    const home = found.find(({ base }) => {
      const times = Math.round(wave.frequency / base.frequency);
      // The base's own error grows with the multiple, but so does what the overtone tells about it.
      const agrees = Math.abs(wave.frequency / times - base.frequency) * n < AGREES;
      return agrees && (times === 1 || wave.power < OWN_CYCLE * base.power);
    });
    if (home) home.overtones.push({ wave, times: Math.round(wave.frequency / home.base.frequency) });
    else found.push({ base: wave, overtones: [] });
  }
  return found;
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
