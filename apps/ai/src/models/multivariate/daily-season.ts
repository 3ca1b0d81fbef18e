const DAY_MS = 86_400_000;

/** A day's shape down to three hours: backups, logons, the cron job at night. */
const HARMONICS = 4;

export const SEASON_WIDTH = 2 * HARMONICS;

/** Before two days were seen, the hour says only how long the series is. */
export const SEASON_AFTER_MS = 2 * DAY_MS;

/** Where in its day a moment lies, as columns beside those that are judged: each of variance one. */
export function seasonAt(atMs: number): Float64Array {
  const angle = ((atMs % DAY_MS) / DAY_MS) * 2 * Math.PI;
  return Float64Array.from({ length: SEASON_WIDTH }, (_, index) => {
    const turned = angle * (1 + (index >> 1));
    return Math.SQRT2 * (index % 2 === 0 ? Math.sin(turned) : Math.cos(turned));
  });
}
