import type { Series } from '../../src/models/series/series.js';
import { noise } from './noise.js';

const HOUR_MS = 3_600_000;

/** What moves a metric though nothing creeps. */
export const restless = {
  'white noise': () => () => 0,
  'a weekly season': () => (day: number) => (Math.floor(day) % 7 < 5 ? 4 : 0),
  'a random walk': ({ normal }: ReturnType<typeof noise>) => {
    let walk = 0;
    return () => (walk += 0.3 * normal());
  },
  'noise that lasts for days': ({ normal }: ReturnType<typeof noise>) => {
    let lasting = 0;
    return () => (lasting = 0.98 * lasting + 0.3 * normal());
  },
  'a level shift': ({ uniform }: ReturnType<typeof noise>, days: number) => {
    const [from, size] = [days * (0.2 + 0.6 * uniform()), 3 + 5 * uniform()];
    return (day: number) => (day > from ? size : 0);
  },
  spikes: ({ uniform }: ReturnType<typeof noise>) => {
    return () => (uniform() < 0.03 ? 30 * uniform() : 0);
  },
};

/** A temperature by the hour: 40 with 5 more by day, noise of 1, what else moves it, and a creep of so much a day from a day on. */
export function madeCreep(kind: keyof typeof restless, days: number, seed: number, perDay = 0, from = 0): Series {
  const random = noise(seed);
  const move = restless[kind](random, days);
  const at = Float64Array.from({ length: days * 24 }, (_, hour) => 1.7e12 + hour * HOUR_MS);
  const values = at.map((_, hour) => {
    const day = hour / 24;
    return 40 + 5 * Math.sin(2 * Math.PI * day) + random.normal() + move(day) + perDay * Math.max(0, day - from);
  });
  return { at, values, stepMs: HOUR_MS };
}
