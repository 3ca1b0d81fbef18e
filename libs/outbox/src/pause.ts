/** A wait that can be cut short, also before it began: what happened while its owner was busy is not missed. */
export class Pause {
  private timer: NodeJS.Timeout | undefined;
  private resume: (() => void) | undefined;
  private endAtMs = Infinity;

  /** Settles after `ms`, or earlier if somebody ends it. */
  begin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.resume = resolve;
      this.endIn(ms);
    });
  }

  end(): void {
    this.endIn(0);
  }

  /** Ends the pause in `ms` at the latest; of several calls the earliest counts. */
  endIn(ms: number): void {
    const endAtMs = performance.now() + ms;
    if (endAtMs < this.endAtMs) this.endAtMs = endAtMs;
    if (!this.resume) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), this.endAtMs - performance.now());
  }

  /** What asked for an early end before the pause began is not heard. */
  forget(): void {
    if (!this.resume) this.endAtMs = Infinity;
  }

  private wake(): void {
    const { resume } = this;
    this.resume = undefined;
    this.endAtMs = Infinity;
    resume?.();
  }
}
