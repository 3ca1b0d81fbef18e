/** Looks at the primary that are kept: a replica further behind than the oldest is that far behind at least. */
const KEPT = 256;

/**
 * A place in the write-ahead log, `16/B374D848`, as a number of bytes. Exact up to 2^53: eight petabytes of log.
 * @throws when it is none
 */
export function lsnBytes(lsn: string): number {
  const [high, low] = lsn.split('/').map((half) => Number.parseInt(half, 16));
  if (high === undefined || low === undefined || Number.isNaN(high + low)) throw new Error(`"${lsn}" is no LSN`);
  return high * 2 ** 32 + low;
}

/** How far a replica is behind: in bytes of log, and in the time since the primary was where the replica is now. */
export interface Lag {
  readonly bytes: number;
  readonly ms: number;
}

/** Where the primary was when. */
export class PrimaryProgress {
  private readonly looks: { at: number; lsn: number }[] = [];

  /** Another primary, or one that went back in time: what was known of its progress is void. */
  forget(): void {
    this.looks.length = 0;
  }

  note(at: number, lsn: number): void {
    const last = this.looks.at(-1);
    if (last && lsn < last.lsn) this.forget();
    // An idle primary is where it was: a replica that is there now is behind by no time at all.
    if (last && lsn === last.lsn) last.at = at;
    else this.looks.push({ at, lsn });
    if (this.looks.length > KEPT) this.looks.shift();
  }

  /** @returns undefined while nothing is known of a primary */
  lagOf(replayed: number, now: number): Lag | undefined {
    const newest = this.looks.at(-1);
    if (!newest) return undefined;
    const bytes = Math.max(0, newest.lsn - replayed);
    if (bytes === 0) return { bytes, ms: 0 };
    // It was level with the primary at the last look at which that was not yet further.
    const level = this.looks.findLast(({ lsn }) => lsn <= replayed) ?? this.looks[0];
    return { bytes, ms: now - (level?.at ?? now) };
  }
}
