import { sinceCleanup, type Leaps } from './leaps.js';
import type { Usage } from './usage.js';

/** What the use may be made of, as a function of the moment (in steps since the first row). */
export type Column = (moment: number) => number;

/** A tooth's growth since the last cleanup, and a step for each leap that stays single. */
export function leapColumns(leaps: Leaps, span: number): Column[] {
  const steps = leaps.single.map(
    (at): Column =>
      (moment) =>
        moment >= at ? 1 : 0,
  );
  return leaps.teeth === null ? steps : [(moment) => sinceCleanup(leaps.teeth!, moment) / span, ...steps];
}

const hourMs = 3_600_000;
/**
 * The working days against the weekend take three waves, a day's work two; more would learn the noise. Of a time that was
 * seen less than twice nothing is known.
 */
const rounds = [
  { ms: 24 * hourMs, waves: 2 },
  { ms: 7 * 24 * hourMs, waves: 3 },
];
const leastRounds = 2;

/** The waves of a day and of a week, each as far as the rows tell them. */
export function roundColumns({ at, stepMs }: Usage): Column[][] {
  return rounds
    .map(({ ms, waves }) => ({ steps: ms / stepMs, waves }))
    .filter(({ steps, waves }) => steps >= 4 * waves && at.at(-1)! >= leastRounds * steps)
    .map(({ steps, waves }) =>
      Array.from({ length: 2 * waves }, (_, i): Column => {
        const turn = (2 * Math.PI * ((i >> 1) + 1)) / steps;
        return i % 2 === 0 ? (moment) => Math.sin(turn * moment) : (moment) => Math.cos(turn * moment);
      }),
    );
}
