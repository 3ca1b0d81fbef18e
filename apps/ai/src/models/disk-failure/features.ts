import { modelName } from './model-prior.js';
import type { SmartHistory, Track } from './smart-history.js';

/** Backblaze's five: disks that fail show them far more often. More of them never means less risk. */
export const COUNTERS = ['5', '187', '188', '197', '198'] as const;
/** Also read, whatever they mean for the risk. */
export const OTHERS = ['10', '12', '189', '196'] as const;

/** Days of the windows in which growth is looked at. */
const WINDOWS = [7, 30, 90] as const;
/** Growth may be long ago and still tell of the disk. */
const EARLIER_WINDOWS = [30, 90, 3_650] as const;
const ALL_WINDOWS = [2, 7, 30, 90, 365] as const;
const HOURS_PER_DAY = 24;

/** Never seen growing: longer ago than any disk lives, so that a growth can only bring it nearer. */
export const NEVER = 1e6;

/** Which way the risk may go with a feature: up, down, or either. */
export type Direction = 1 | -1 | 0;

/** One number that the model reads off a disk's past. */
export interface Feature {
  readonly name: string;
  /** To what its part of the risk is put down: a SMART attribute, `counters` (all together), `age` or `model`. */
  readonly attribute: string;
  readonly direction: Direction;
  readonly of: (history: SmartHistory, prior: number) => number;
}

/** To what the features of all counters together are put down. */
export const TOGETHER = 'counters';

/** Errors of the medium; 188 is left out of sums, because it packs three counts into one number. */
export const MEDIUM = ['5', '187', '197', '198'] as const;

/** Models of which the training saw so many that the trees may learn their ways. */
const KNOWN_MODELS = [
  'ST4000DM000',
  'ST3000DM001',
  'HDS722020ALA330',
  'ST31500541AS',
  'HMS5C4040ALE640',
  'HDS5C3030ALA630',
  'ST31500341AS',
  'WD30EFRX',
] as const;

/**
 * Every feature that a counter's newest value has to do with can only go up (hours since growth: down) when the newest
 * value goes up, or all of them by as much. That, and trees that keep the direction of each, is why a higher counter never
 * lowers the risk. What is read off the growth before the newest snapshot moves with neither, so the trees may use it
 * either way: a disk that has grown for long and still runs is another case than one that just began.
 */
export const features: readonly Feature[] = [
  ...COUNTERS.flatMap((id) => [...featuresOf(id, 1), ...earlierGrowthOf(id)]),
  ...together(),
  ...OTHERS.flatMap((id) => featuresOf(id, 0)),
  { name: 'age', attribute: 'age', direction: 0, of: ({ age }) => age },
  ...KNOWN_MODELS.map((name): Feature => ({
    name: `model.${name}`,
    attribute: 'model',
    direction: 0,
    of: ({ model }) => (modelName(model) === name ? 1 : 0),
  })),
  { name: 'prior', attribute: 'model', direction: 1, of: (_, prior) => prior },
];

function featuresOf(id: string, direction: 1 | 0): Feature[] {
  return [
    ofTrack(id, 'count', direction, ({ values }) => logCount(values.at(-1) ?? NaN)),
    ...WINDOWS.map((days) =>
      ofTrack(id, `grown_${days}d`, direction, (track, now) => logCount(grownSince(track, now - days * HOURS_PER_DAY))),
    ),
    ofTrack(id, 'since_growth', direction === 1 ? -1 : 0, (track, now) => sinceGrowth(track, now, Infinity)),
  ];
}

/** When a counter grew before the newest snapshot. */
function earlierGrowthOf(id: string): Feature[] {
  return [
    ofTrack(id, 'earlier.since_growth', 0, (track, now) => sinceGrowth(track, now, beforeNewest(track, now))),
    ofTrack(id, 'earlier.between_growths', 0, (track, now) => {
      const last = growthBefore(track, beforeNewest(track, now));
      if (last === null) return track.values.length < 2 ? NaN : NEVER;
      const earlier = growthBefore(track, last - 1);
      return earlier === null ? NEVER : track.hours[last]! - track.hours[earlier]!;
    }),
    ...EARLIER_WINDOWS.map((days) =>
      ofTrack(id, `earlier.growths_${days}d`, 0, (track, now) => {
        if (track.values.length < 2) return NaN;
        let growths = 0;
        let place = growthBefore(track, beforeNewest(track, now));
        for (; place !== null && track.hours[place]! > now - days * HOURS_PER_DAY; growths += 1) {
          place = growthBefore(track, place - 1);
        }
        return growths;
      }),
    ),
  ];
}

/** All counters as one: a disk that errs in several ways is worse than any of them says alone. */
function together(): Feature[] {
  const all = (name: string, direction: Direction, of: (history: SmartHistory) => number): Feature => ({
    name: `all.${name}`,
    attribute: TOGETHER,
    direction,
    of,
  });
  const sum = (ids: readonly string[], of: (track: Track, id: string) => number) => (history: SmartHistory) => {
    const parts = ids.map((id) => of(history.track(id), id)).filter((part) => !Number.isNaN(part));
    return parts.length === 0 ? NaN : parts.reduce((whole, part) => whole + part, 0);
  };
  const latest = ({ values }: Track) => values.at(-1) ?? NaN;
  const grown = (days: number) => (history: SmartHistory) =>
    sum(MEDIUM, (track) => grownSince(track, history.now - days * HOURS_PER_DAY))(history);
  return [
    all('count', 1, (history) => logCount(sum(MEDIUM, latest)(history))),
    all(
      'magnitude',
      1,
      sum(COUNTERS, (track) => logCount(latest(track))),
    ),
    all(
      'nonzero',
      1,
      sum(COUNTERS, (track) => (latest(track) > 0 ? 1 : latest(track))),
    ),
    ...ALL_WINDOWS.map((days) => all(`grown_${days}d`, 1, (history) => logCount(grown(days)(history)))),
    ...[30, 90].map((days) =>
      all(`growing_${days}d`, 1, (history) =>
        sum(COUNTERS, (track) => Math.min(1, grownSince(track, history.now - days * HOURS_PER_DAY)))(history),
      ),
    ),
    all('since_growth', -1, (history) => {
      const known = COUNTERS.map((id) => sinceGrowth(history.track(id), history.now, Infinity));
      const told = known.filter((hours) => !Number.isNaN(hours));
      return told.length === 0 ? NaN : Math.min(...told);
    }),
  ];
}

function ofTrack(id: string, name: string, direction: Direction, of: (track: Track, now: number) => number): Feature {
  return { name: `${id}.${name}`, attribute: id, direction, of: (history) => of(history.track(id), history.now) };
}

/** Counts span twelve orders of magnitude (188 packs three into one). */
function logCount(count: number): number {
  return Math.log1p(Math.max(0, count));
}

/** All that was added after `from`: what was taken away (sectors found good again) is not set off against it. */
function grownSince({ hours, values }: Track, from: number): number {
  if (values.length < 2) return NaN;
  let grown = 0;
  for (let index = values.length - 1; index > 0 && hours[index]! > from; index -= 1) {
    grown += Math.max(0, values[index]! - values[index - 1]!);
  }
  return grown;
}

/** Hours since the last growth at or before a place of the track. */
function sinceGrowth(track: Track, now: number, upTo: number): number {
  if (track.values.length < 2) return NaN;
  const place = growthBefore(track, upTo);
  return place === null ? NEVER : now - track.hours[place]!;
}

/** The place of the last growth at or before `place`. */
function growthBefore({ values }: Track, place: number): number | null {
  for (let index = Math.min(place, values.length - 1); index > 0; index -= 1) {
    if (values[index]! > values[index - 1]!) return index;
  }
  return null;
}

/** The last place that is not the newest snapshot's. */
function beforeNewest({ hours }: Track, now: number): number {
  return hours.at(-1) === now ? hours.length - 2 : hours.length - 1;
}

/** All features in their order, NaN where nothing is known. */
export function featuresAt(history: SmartHistory, prior: number): Float64Array {
  return Float64Array.from(features, (feature) => feature.of(history, prior));
}
