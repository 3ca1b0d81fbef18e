// Slow drift: how often a creep is found, and how often one is seen where there is none. The series are made here.
import { driftOf } from '../../../../../dist/apps/ai/src/models/drift/index.js';

export const title = 'Slow drift (share of 300 made series)';

const HOUR_MS = 3_600_000;
const SERIES = 300;

/** What moves the metric beside its day and its noise, hour by hour. */
const moves = {
  'white noise': () => () => 0,
  'a weekly season': () => (day) => (Math.floor(day) % 7 < 5 ? 4 : 0),
  'a random walk': ({ normal }) => {
    let walk = 0;
    return () => (walk += 0.3 * normal());
  },
  'noise that lasts for days': ({ normal }) => {
    let lasting = 0;
    return () => (lasting = 0.98 * lasting + 0.3 * normal());
  },
  'a level shift': ({ uniform }, days) => {
    const [from, size] = [days * (0.2 + 0.6 * uniform()), 3 + 5 * uniform()];
    return (day) => (day > from ? size : 0);
  },
};

/** [what, days, creep a day, from day] */
const creeps = [
  ['white noise', 30, 0.1, 0],
  ['white noise', 60, 0.1, 30],
  ['white noise', 90, 0.02, 0],
  ['a weekly season', 30, 0.1, 0],
  ['noise that lasts for days', 60, 0.2, 0],
];
const quiet = Object.keys(moves).flatMap((what) => [14, 30, 60].map((days) => [what, days, 0, 0]));

const nameOf = ([what, days, perDay, from]) =>
  perDay > 0 ? `found: ${perDay} a day from day ${from} of ${days}, ${what}` : `seen in ${what} over ${days} days`;

export const bars = [
  ...creeps.map((creep) => ({ name: nameOf(creep), floor: null, good: null, ours: null, higherIsBetter: true })),
  ...quiet.map((none) => ({ name: nameOf(none), floor: null, good: null, ours: 0.05, higherIsBetter: false })),
];

export async function run() {
  return [...creeps, ...quiet].map((kind) => {
    let found = 0;
    for (let seed = 1; seed <= SERIES; seed += 1) if (driftOf(made(kind, seed)) !== null) found += 1;
    return { name: nameOf(kind), value: found / SERIES };
  });
}

function made([what, days, perDay, from], seed) {
  const random = noise(seed);
  const move = moves[what](random, days);
  const at = Float64Array.from({ length: days * 24 }, (_, hour) => 1.7e12 + hour * HOUR_MS);
  const values = at.map((_, hour) => {
    const day = hour / 24;
    return 40 + 5 * Math.sin(2 * Math.PI * day) + random.normal() + move(day) + perDay * Math.max(0, day - from);
  });
  return { at, values, stepMs: HOUR_MS };
}

/** mulberry32; Box and Muller. */
function noise(seed) {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
}
