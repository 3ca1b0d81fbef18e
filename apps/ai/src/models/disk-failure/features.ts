import type { SmartHistory, Track } from './smart-history.js';

/** Backblaze's five: disks that fail show them far more often. More of them never means less risk. */
export const COUNTERS = ['5', '187', '188', '197', '198'] as const;
/** Also read, whatever they mean for the risk. */
export const OTHERS = ['10', '12', '189', '196'] as const;

/** Days of the windows in which growth is looked at. */
const WINDOWS = [7, 30, 90] as const;
const HOURS_PER_DAY = 24;

/** Never seen growing: longer ago than any disk lives, so that a growth can only bring it nearer. */
export const NEVER = 1e6;

/** Which way the risk may go with a feature: up, down, or either. */
export type Direction = 1 | -1 | 0;

/** One number that the model reads off a disk's past. */
export interface Feature {
  readonly name: string;
  /** To whom its part of the risk is put down: a SMART attribute, `age` or `model`. */
  readonly attribute: string;
  readonly direction: Direction;
  readonly of: (history: SmartHistory, prior: number) => number;
}

/**
 * Every feature of a counter can only go up (hours since growth: down) when the newest value goes up, or all of them by
 * as much. That, and trees that keep the direction of each, is why a higher counter never lowers the risk.
 */
export const features: readonly Feature[] = [
  ...COUNTERS.flatMap((id) => featuresOf(id, 1)),
  ...OTHERS.flatMap((id) => featuresOf(id, 0)),
  { name: 'age', attribute: 'age', direction: 0, of: ({ age }) => age },
  { name: 'prior', attribute: 'model', direction: 1, of: (_, prior) => prior },
];

function featuresOf(id: string, direction: 1 | 0): Feature[] {
  const own = (name: string, sign: Direction, of: (track: Track, now: number) => number): Feature => ({
    name: `${id}.${name}`,
    attribute: id,
    direction: sign,
    of: (history) => of(history.track(id), history.now),
  });
  return [
    own('count', direction, ({ values }) => logCount(values.at(-1) ?? NaN)),
    ...WINDOWS.map((days) =>
      own(`grown_${days}d`, direction, (track, now) => logCount(grownSince(track, now - days * HOURS_PER_DAY))),
    ),
    own('since_growth', direction === 1 ? -1 : 0, hoursSinceGrowth),
  ];
}

/** Counts span twelve orders of magnitude (188 packs three into one). */
function logCount(count: number): number {
  return Math.log1p(Math.max(0, count));
}

/** All that was added after `from`: what was taken away (sectors found good again) is not set off against it. */
function grownSince({ hours, values }: Track, from: number): number {
  if (values.length === 0) return NaN;
  let grown = 0;
  for (let index = values.length - 1; index > 0 && hours[index]! > from; index -= 1) {
    grown += Math.max(0, values[index]! - values[index - 1]!);
  }
  return grown;
}

function hoursSinceGrowth({ hours, values }: Track, now: number): number {
  if (values.length === 0) return NaN;
  for (let index = values.length - 1; index > 0; index -= 1) {
    if (values[index]! > values[index - 1]!) return now - hours[index]!;
  }
  return NEVER;
}

/** All features in their order, NaN where nothing is known. */
export function featuresAt(history: SmartHistory, prior: number): Float64Array {
  return Float64Array.from(features, (feature) => feature.of(history, prior));
}
