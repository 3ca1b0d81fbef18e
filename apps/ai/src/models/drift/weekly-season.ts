const WEEK = 7;

/** With fewer weeks a weekday's level is anybody's guess. */
const LEAST_WEEKS = 4;

/** A season that explains less than half of how the days differ from their week is left in: it would be fitted noise. */
const WORTH = 0.5;

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const squaresOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);

/** Daily levels less what the day of the week does to them; as they are where it does not do much. */
export function withoutWeeks(levels: Float64Array): Float64Array {
  if (levels.length < LEAST_WEEKS * WEEK) return levels;
  const days = Array.from({ length: levels.length - WEEK + 1 }, (_, index) => index + (WEEK >> 1));
  // Against the week around it a creep cancels out.
  const off = days.map((day) => {
    const week = levels.subarray(day - (WEEK >> 1), day + (WEEK >> 1) + 1);
    return levels[day]! - week.reduce((sum, level) => sum + level, 0) / WEEK;
  });
  const profile = Array.from({ length: WEEK }, (_, weekday) =>
    median(off.filter((_, index) => days[index]! % WEEK === weekday)),
  );
  const left = off.map((value, index) => value - profile[days[index]! % WEEK]!);
  if (squaresOf(left) > WORTH * squaresOf(off)) return levels;
  const mean = profile.reduce((sum, value) => sum + value, 0) / WEEK;
  return levels.map((level, day) => level - (profile[day % WEEK]! - mean));
}
