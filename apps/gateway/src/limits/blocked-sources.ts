const SOURCES_MAX = 10_000;

/** Sources that were refused, and until when: what they send meanwhile is refused without asking anybody. */
export class BlockedSources {
  private readonly untilMs = new Map<string, number>();

  block(source: string, forMs: number, now: number): void {
    if (this.untilMs.size >= SOURCES_MAX) this.untilMs.clear();
    this.untilMs.set(source, now + forMs);
  }

  /** How long it is still to wait; 0 when it is not blocked. */
  leftMs(source: string, now: number): number {
    const until = this.untilMs.get(source);
    if (until === undefined) return 0;
    if (until > now) return until - now;
    this.untilMs.delete(source);
    return 0;
  }
}
