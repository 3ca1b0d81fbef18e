import { newUuid } from '@techze/contracts';
import { QuantileSketch } from '@techze/sketch';

const MINUTE_MS = 60_000;

/** What became of a request. */
export interface Outcome {
  readonly status: number;
  /** Absent where nobody waited for the answer, or where it is a stream: how long that lasted is no latency. */
  readonly elapsedMs?: number;
  readonly aborted: boolean;
}

/** A gateway's part of a minute of one tenant at one route, as it is written. */
export interface UsagePart {
  readonly tenantId: string;
  /** When the minute began, RFC 3339. */
  readonly minute: string;
  readonly method: string;
  readonly route: string;
  /** Which gateway's, and which of its parts if its clock went back: nobody else ever writes that row. */
  readonly part: string;
  readonly requests: number;
  readonly client_errors: number;
  readonly rejected: number;
  readonly server_errors: number;
  readonly aborted: number;
  readonly timed: number;
  readonly total_ms: number;
  readonly min_ms: number | null;
  readonly max_ms: number | null;
  readonly sketch: Uint8Array;
}

/**
 * Requests by tenant, route and minute, in memory, until they are written. A part only grows and is written as a whole: to
 * write it again changes nothing, so whoever does not know whether it was written may write it again.
 */
export class UsageCounts {
  private minutes: Minute[] = [];
  private size = 0;

  /** @param max as many parts are kept; what would be one more is not counted */
  constructor(private readonly max: number) {}

  /** @param route a template, never the path that was asked for @returns false when there is no room for it */
  count(tenantId: string, method: string, route: string, outcome: Outcome, nowMs = Date.now()): boolean {
    const { parts } = this.minuteOf(nowMs);
    const key = `${tenantId} ${method} ${route}`;
    let part = parts.get(key);
    if (!part) {
      if (this.size >= this.max) return false;
      part = new Part(tenantId, method, route);
      parts.set(key, part);
      this.size += 1;
    }
    part.add(outcome);
    return true;
  }

  /**
   * What was counted since it was last written, oldest first. Minutes that are over and written are forgotten.
   * @param take as many at a time; `written` is to be called before the next are asked for, if they were
   */
  *unwritten(take: number, nowMs = Date.now()): Generator<{ parts: readonly UsagePart[]; written: () => void }> {
    for (const minute of [...this.minutes]) {
      const changed = [...minute.parts.values()].filter((part) => part.isChanged);
      for (let from = 0; from < changed.length; from += take) {
        const batch = changed.slice(from, from + take).map((part) => ({ part, shown: part.show(minute) }));
        yield {
          parts: batch.map(({ shown }) => shown),
          written: () => {
            for (const { part, shown } of batch) part.written = shown.requests;
          },
        };
      }
    }
    this.forget(nowMs);
  }

  private forget(nowMs: number): void {
    const now = Math.floor(nowMs / MINUTE_MS);
    this.minutes = this.minutes.filter((minute) => {
      const isWritten = [...minute.parts.values()].every((part) => !part.isChanged);
      const isOver = minute.number !== now;
      if (isOver && isWritten) this.size -= minute.parts.size;
      return !(isOver && isWritten);
    });
  }

  private minuteOf(nowMs: number): Minute {
    const number = Math.floor(nowMs / MINUTE_MS);
    const newest = this.minutes.at(-1);
    if (newest?.number === number) return newest;
    const minute = { number, id: newUuid(), parts: new Map<string, Part>() };
    this.minutes.push(minute);
    return minute;
  }
}

interface Minute {
  /** Minutes since 1970. */
  readonly number: number;
  readonly id: string;
  readonly parts: Map<string, Part>;
}

class Part {
  /** How many requests it had when it was last written. */
  written = 0;
  private requests = 0;
  private clientErrors = 0;
  private rejected = 0;
  private serverErrors = 0;
  private aborted = 0;
  private totalMs = 0;
  private minMs = Infinity;
  private maxMs = -Infinity;
  private readonly sketch = new QuantileSketch();

  constructor(
    private readonly tenantId: string,
    private readonly method: string,
    private readonly route: string,
  ) {}

  get isChanged(): boolean {
    return this.requests !== this.written;
  }

  add({ status, elapsedMs, aborted }: Outcome): void {
    this.requests += 1;
    if (aborted) this.aborted += 1;
    else if (status === 429) this.rejected += 1;
    else if (status >= 500) this.serverErrors += 1;
    else if (status >= 400) this.clientErrors += 1;
    if (elapsedMs === undefined) return;
    this.totalMs += elapsedMs;
    this.minMs = Math.min(this.minMs, elapsedMs);
    this.maxMs = Math.max(this.maxMs, elapsedMs);
    this.sketch.add(elapsedMs);
  }

  show({ number, id }: Minute): UsagePart {
    const timed = this.sketch.count;
    return {
      tenantId: this.tenantId,
      minute: new Date(number * MINUTE_MS).toISOString(),
      method: this.method,
      route: this.route,
      part: id,
      requests: this.requests,
      client_errors: this.clientErrors,
      rejected: this.rejected,
      server_errors: this.serverErrors,
      aborted: this.aborted,
      timed,
      total_ms: this.totalMs,
      min_ms: timed > 0 ? this.minMs : null,
      max_ms: timed > 0 ? this.maxMs : null,
      sketch: this.sketch.toBytes(),
    };
  }
}
