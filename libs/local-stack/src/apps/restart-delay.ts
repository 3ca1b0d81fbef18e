const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** Who lived this long had no trouble starting. */
export const SETTLED_AFTER_MS = 60_000;

/** How long to wait before a process is started again. @param deaths in a row, this one included (1, 2, …) */
export function restartDelayMs(deaths: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (deaths - 1));
}
