/** Counts work under way against a limit; a reader waits until there is room. */
export class Slots {
  private used = 0;
  private waiting: (() => void) | undefined;

  constructor(private readonly limit: number) {}

  get inUse(): number {
    return this.used;
  }
  get free(): number {
    return Math.max(0, this.limit - this.used);
  }

  /** May go over the limit: what was read is worked on. */
  take(count: number): void {
    this.used += count;
  }

  give(count: number): void {
    this.used -= count;
    if (this.used < this.limit) this.wake();
  }

  /** Settles when there is room, or on `wake`. */
  async untilFree(): Promise<void> {
    if (this.used < this.limit) return;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
    });
  }

  wake(): void {
    this.waiting?.();
    this.waiting = undefined;
  }
}
