/** Between two looks at a lane. */
export const LOOK_MS = 100;
/** What a request may have to wait for those before it, once they are too many. */
const WAIT_MS = 1_000;
/** So many always find room, however slowly they are worked on. */
const ROOM_MIN = 128;
/** And more than that not even as a burst. */
const BURST_MAX = 1_024;
/** A crowd that is still there after so many looks is no burst any more. */
const STANDING_LOOKS = 5;
/** Share of the newest look in the rate. */
const NEWEST = 0.3;

/**
 * The requests under way on routes of one kind. A burst is taken in, for it will be worked off. A crowd that stands for
 * half a second is overload: from then on only as many are let in as are worked off within a second, by the pace of
 * late (after CoDel, RFC 8289: what counts is the queue that stays, not its peak).
 */
export class Lane {
  private underWay = 0;
  private done = 0;
  private perLook = 0;
  private lowest = 0;
  private standing = 0;
  private strict = false;

  get hasRoom(): boolean {
    return this.underWay < (this.strict ? this.room : BURST_MAX);
  }

  enter(): void {
    this.underWay += 1;
  }

  /** @param worked whether it tells anything of the pace: a refusal takes no time */
  leave(worked: boolean): void {
    this.underWay -= 1;
    if (worked) this.done += 1;
    if (this.underWay < this.lowest) this.lowest = this.underWay;
  }

  /** Every LOOK_MS. */
  look(): void {
    this.perLook += NEWEST * (this.done - this.perLook);
    this.done = 0;
    this.standing = this.lowest > this.room ? this.standing + 1 : 0;
    if (this.standing >= STANDING_LOOKS) this.strict = true;
    else if (this.lowest <= this.room / 2) this.strict = false;
    this.lowest = this.underWay;
  }

  private get room(): number {
    return Math.max(ROOM_MIN, this.perLook * (WAIT_MS / LOOK_MS));
  }
}
