import type { SmartSnapshot } from './smart-snapshot.js';

/** The attribute that counts power-on hours. */
const POWER_ON_HOURS = '9';
const MS_PER_HOUR = 3_600_000;

/** The values one attribute had, each at the hour of the disk's clock at which it was read, oldest first. */
export interface Track {
  readonly hours: readonly number[];
  readonly values: readonly number[];
}

const NOTHING: Track = { hours: [], values: [] };

/** A disk's past on one clock: power-on hours where every snapshot has them, else the hours between the snapshots. */
export class SmartHistory {
  private constructor(
    /** The clock at the newest snapshot. */
    readonly now: number,
    /** Power-on hours at the newest snapshot; NaN where no snapshot says. */
    readonly age: number,
    readonly model: string,
    private readonly tracks: ReadonlyMap<string, Track>,
  ) {}

  /** Snapshots in any order; of those at one moment the last one given holds. */
  static of(snapshots: readonly SmartSnapshot[]): SmartHistory {
    const { clock, isAge } = clockOf(snapshots);
    const ordered = snapshots
      .map((snapshot, index) => ({ snapshot, hours: clock(snapshot), index }))
      .sort((a, b) => a.hours - b.hours || a.index - b.index);
    const tracks = new Map<string, { hours: number[]; values: number[] }>();
    for (const { snapshot, hours } of ordered) {
      for (const id of Object.keys(snapshot.attributes)) {
        const value = snapshot.attributes[id];
        if (typeof value !== 'number' || !Number.isFinite(value)) continue;
        let track = tracks.get(id);
        if (!track) tracks.set(id, (track = { hours: [], values: [] }));
        if (track.hours.at(-1) === hours) track.values[track.values.length - 1] = value;
        else {
          track.hours.push(hours);
          track.values.push(value);
        }
      }
    }
    const now = ordered.at(-1)?.hours ?? NaN;
    const model = ordered.findLast(({ snapshot }) => snapshot.model)?.snapshot.model ?? '';
    return new SmartHistory(now, isAge ? now : (tracks.get(POWER_ON_HOURS)?.values.at(-1) ?? NaN), model, tracks);
  }

  track(id: string): Track {
    return this.tracks.get(id) ?? NOTHING;
  }

  /** The newest value that is known. */
  latest(id: string): number {
    return this.track(id).values.at(-1) ?? NaN;
  }

  knows(id: string): boolean {
    return this.tracks.has(id);
  }

  /** By how much the value changed since `hours` ago, or since it was first read; NaN where it was read only once. */
  change(id: string, hours: number): number {
    const { hours: at, values } = this.track(id);
    if (values.length < 2) return NaN;
    let from = 0;
    while (from + 1 < at.length && at[from + 1]! <= this.now - hours) from += 1;
    return values.at(-1)! - values[from]!;
  }
}

/** One clock for all of them: two clocks in one history would make up a growth. */
function clockOf(snapshots: readonly SmartSnapshot[]): { clock: (snapshot: SmartSnapshot) => number; isAge: boolean } {
  const clocks = [
    { clock: (snapshot: SmartSnapshot) => snapshot.hours ?? NaN, isAge: true },
    { clock: (snapshot: SmartSnapshot) => snapshot.attributes[POWER_ON_HOURS] ?? NaN, isAge: true },
    { clock: (snapshot: SmartSnapshot) => (snapshot.at ?? NaN) / MS_PER_HOUR, isAge: false },
  ];
  const whole = clocks.find(({ clock }) => snapshots.every((snapshot) => Number.isFinite(clock(snapshot))));
  // Without any clock the order given is all there is: values hold, nothing is known of time.
  return whole ?? { clock: () => 0, isAge: false };
}
