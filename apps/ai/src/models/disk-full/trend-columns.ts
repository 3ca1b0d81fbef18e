import { sinceCleanup, type Cleanups } from './cleanups.js';
import type { Usage } from './usage.js';

const weekMs = 7 * 24 * 3_600_000;
/** Working days against the weekend take three waves; more would learn the noise. */
const weekWaves = 3;
/** Of a week that was seen less than twice nothing is known. */
const weeksSeen = 2;

/** What the use may be made of besides its trend, as functions of the moment (in steps since the first row). */
export type Column = (moment: number) => number;

/** A tooth's growth since the last cleanup, or a step down for each cleanup that stays single. */
export function cleanupColumns(cleanups: Cleanups, span: number): Column[] {
  if (cleanups.period !== null) return [(moment) => sinceCleanup(cleanups, moment) / span];
  return cleanups.at.map((at) => (moment) => (moment >= at ? 1 : 0));
}

/** The waves of a week, where the rows tell days apart and there are weeks enough; else none. */
export function weekColumns({ at, stepMs }: Usage): Column[] {
  const week = weekMs / stepMs;
  if (week < 4 * weekWaves || at.at(-1)! < weeksSeen * week) return [];
  return Array.from({ length: 2 * weekWaves }, (_, i) => {
    const turn = (2 * Math.PI * ((i >> 1) + 1)) / week;
    return i % 2 === 0 ? (moment: number) => Math.sin(turn * moment) : (moment: number) => Math.cos(turn * moment);
  });
}
