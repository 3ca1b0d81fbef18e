/** Of the calls of late, so many may be sent again. */
const SHARE = 0.1;
/** And so many however few calls there were: what one replica has in its hands. */
const RESERVE = 128;
/** What "of late" means: older calls and older re-sends fade. */
const WINDOW_MS = 10_000;

/** How much may be sent again: a tenth of the calls of the last ten seconds or so, and a reserve. */
export class RetryBudget {
  /** A tenth of the calls less the re-sends, both faded. */
  private surplus = 0;
  private at = Date.now();

  /** A call was made. */
  earn(): void {
    this.fade();
    this.surplus += SHARE;
  }

  /** @returns whether there was something left to spend */
  spend(): boolean {
    this.fade();
    if (RESERVE + this.surplus < 1) return false;
    this.surplus -= 1;
    return true;
  }

  private fade(now = Date.now()): void {
    if (now === this.at) return;
    this.surplus *= Math.exp(-Math.max(0, now - this.at) / WINDOW_MS);
    this.at = now;
  }
}
