import { Problem, type BackendService, type Idempotence } from '@techze/contracts';
import { END_OF_LOG, type CommitMark } from '@techze/observability';
import { RetryBudget } from './retry-budget.js';
import { transportPending } from './transport.metrics.js';

/** How late a call may learn that its deadline has passed. One timer for all: a timer each costs more than the call. */
const EXPIRY_TICK_MS = 20;

/** A request that was lost is sent again so often: each time its connection, or what Redis knew, had gone. */
const RESENDS_MAX = 2;

/** A request of this process that has no answer yet. */
export interface PendingCall {
  readonly id: string;
  readonly service: BackendService;
  readonly idempotent: Idempotence;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** The request as JSON, kept to be sent again. */
  readonly wire: string;
  /** Told of what the call wrote. */
  readonly commits: CommitMark | undefined;
  readonly resolve: (data: unknown) => void;
  readonly reject: (problem: Problem) => void;
  /** Its entry in the stream; undefined while it is queued or on its way. */
  entryId: string | undefined;
  /** Whether it may have reached a replica. */
  sent: boolean;
  /** How often it was sent again. */
  resends: number;
}

/** What this process waits for. Each call leaves once, with an answer or a problem; whatever comes later is nobody's. */
export class PendingCalls {
  private readonly calls = new Map<string, PendingCall>();
  private readonly counts = new Map<BackendService, number>();
  private readonly budget = new RetryBudget();
  private ticker: NodeJS.Timeout | undefined;

  get size(): number {
    return this.calls.size;
  }

  countOf(service: BackendService): number {
    return this.counts.get(service) ?? 0;
  }

  has(call: PendingCall): boolean {
    return this.calls.get(call.id) === call;
  }

  of(service: BackendService): PendingCall[] {
    return [...this.calls.values()].filter((call) => call.service === service);
  }

  all(): IterableIterator<PendingCall> {
    return this.calls.values();
  }

  add(call: PendingCall): void {
    this.calls.set(call.id, call);
    this.budget.earn();
    this.counts.set(call.service, this.countOf(call.service) + 1);
    this.ticker ??= setInterval(() => this.expire(), EXPIRY_TICK_MS);
  }

  /** Takes the call out: its answer is here. */
  take(id: string): PendingCall | undefined {
    const call = this.calls.get(id);
    if (!call) return undefined;
    this.calls.delete(id);
    this.counts.set(call.service, this.countOf(call.service) - 1);
    return call;
  }

  /**
   * Whether a call that was lost may be sent again; then it counts as sent again. What is answered, however, never is, and
   * of a great loss only a part: whoever is struggling must not get twice the work.
   */
  takeResend(call: PendingCall): boolean {
    if (call.idempotent === false || call.resends >= RESENDS_MAX || !this.budget.spend()) return false;
    call.resends += 1;
    return true;
  }

  /** Ends a call without an answer. What may have been written meanwhile must be seen by whoever looks whether it was. */
  fail(call: PendingCall, problem: Problem): void {
    if (!this.take(call.id)) return;
    if (call.sent && call.idempotent !== true) call.commits?.advance(END_OF_LOG);
    call.reject(problem);
  }

  /** Ends a call that will have no answer; what may have begun and must not be repeated has an unknown outcome. */
  giveUp(call: PendingCall, cause: unknown): void {
    const unknown = call.sent && call.idempotent === false;
    this.fail(call, new Problem(unknown ? 'outcome-unknown' : 'service-unavailable', { cause }));
  }

  private expire(now = Date.now()): void {
    for (const service of this.counts.keys()) transportPending.set({ service }, this.countOf(service));
    for (const call of this.calls.values()) if (call.deadline <= now) this.fail(call, new Problem('deadline-exceeded'));
    if (this.calls.size > 0) return;
    clearInterval(this.ticker);
    this.ticker = undefined;
  }
}
