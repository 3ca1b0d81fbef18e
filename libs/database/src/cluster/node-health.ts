import { performance } from 'node:perf_hooks';
import type { Logger } from '@techze/observability';
import { DatabaseError } from 'pg';
import { Breaker } from '../breaker/breaker.js';
import type { DatabaseConfig } from '../database.config.js';
import { OvertakenError } from './node-client.js';
import type { NodeProbe, Sighting } from './node-probe.js';
import { NoAnswerError, within } from './within.js';

const FAULTS_TO_OPEN = 5;
const PROBE_INTERVAL_MS = 500;
/** While callers wait for a node that says nothing at all, an answer to the probe is due sooner. */
const HURRIED_PROBE_MS = 350;
/** The server has no connection left to give: busy, not dead. */
const TOO_MANY_CONNECTIONS = '53300';

/**
 * Whether a node can be reached, as the last probes found: `up`; `silent` when it owes one answer, so that reads go
 * elsewhere and writes wait for the next; `down` when it refused, or owes two.
 */
export type Reach = 'up' | 'silent' | 'down';

/** A node owes an answer. That it does is counted once, however many connections end for it. */
export class SilentNodeError extends NoAnswerError {}

export interface NodeHealthOptions {
  readonly node: string;
  readonly probe: NodeProbe;
  readonly config: Pick<DatabaseConfig, 'breakerOpenMs' | 'breakerRampStepMs'>;
  readonly logger: Logger;
  /** It owes an answer, or cannot be reached: what is under way on it is in vain. */
  readonly onUnwell: (reach: 'silent' | 'down', reason: Error) => void;
  /** It was looked at, or was found gone. */
  readonly onSight: () => void;
}

/** What is known of how one node does: asked every half a second, and told of what befalls its connections. */
export class NodeHealth {
  readonly breaker: Breaker;
  private current: Reach = 'down';
  private sighted: Sighting | undefined;
  private error: string | null = null;
  private checking: Promise<void> | undefined;
  private hurrying = false;
  private heard = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private silentProbes = 0;
  /** The last fault was a probe's, so that a probe makes up for it. */
  private probeFailedLast = false;
  private stopped = false;

  constructor(private readonly options: NodeHealthOptions) {
    const { node, logger, config } = options;
    this.breaker = new Breaker(
      { failures: FAULTS_TO_OPEN, openMs: config.breakerOpenMs, rampStepMs: config.breakerRampStepMs },
      undefined,
      (state) => logger.warn('circuit breaker changed', { node, state }),
    );
  }

  get reach(): Reach {
    return this.current;
  }

  /** What the node said of itself when it last answered; undefined while it cannot be reached. */
  get sighting(): Sighting | undefined {
    return this.current === 'down' ? undefined : this.sighted;
  }

  /** The last fault; it names neither credentials nor values. */
  get lastError(): string | null {
    return this.error;
  }

  /** When the node last said anything, by `performance.now()`. */
  get heardAt(): number {
    return this.heard;
  }

  /** Looks at the node once. Then again and again until stopped. */
  async start(limitMs: number): Promise<void> {
    await this.look(limitMs);
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.options.probe.stop();
  }

  /** Asks the node how it is, or joins the question under way. Resolves within a second. */
  check(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.checking ??= this.look().finally(() => (this.checking = undefined));
    return this.checking;
  }

  /** The next question goes over a new connection. */
  reconnect(): void {
    this.options.probe.reconnect();
  }

  /**
   * A statement was answered; an error is an answer too.
   * @param inTime false: the server ended it, because it is slow or because the node is sick; that speaks for neither
   */
  answered(inTime = true): void {
    this.heard = performance.now();
    if (!inTime) return;
    this.probeFailedLast = false;
    this.breaker.succeeded();
  }

  /** A connection could not be made. */
  refused(fault: unknown): void {
    if (this.stopped || isFull(fault)) return;
    this.fail(fault);
    // A server that says no still answers, and what is connected may be well.
    if (fault instanceof NoAnswerError || fault instanceof DatabaseError) return this.suspect();
    this.fall(fault);
    this.options.onSight();
  }

  /** A connection was lost. @param busy statements were under way on it */
  lost(reason: Error, busy: boolean): void {
    if (this.stopped || reason instanceof SilentNodeError || reason instanceof OvertakenError) return;
    if (busy) this.fail(reason);
    this.suspect();
  }

  /** Something is the matter: find out now what it is instead of at the next turn. */
  suspect(): void {
    if (!this.stopped) void this.check();
  }

  /** Callers wait, and nothing was heard of the node for a while: reads do not wait for the whole time that a probe has. */
  async hurry(): Promise<void> {
    if (this.stopped || this.hurrying || this.current !== 'up') return;
    this.hurrying = true;
    try {
      await within(HURRIED_PROBE_MS, this.check());
    } catch (silence) {
      if (silence instanceof NoAnswerError && this.current === 'up') this.fallSilent(silence);
    } finally {
      this.hurrying = false;
    }
  }

  private fail(fault: unknown): void {
    this.error = reasonOf(fault);
    this.probeFailedLast = false;
    this.breaker.failed();
  }

  private async look(limitMs?: number): Promise<void> {
    try {
      this.seen(await this.options.probe.ask(limitMs));
    } catch (fault) {
      // Full is an answer: connections that are there go on working.
      if (this.stopped || isFull(fault)) return;
      this.unseen(fault);
    }
    if (!this.stopped) this.options.onSight();
  }

  private seen(sighting: Sighting): void {
    this.heard = performance.now();
    this.silentProbes = 0;
    this.sighted = sighting;
    // There is no other place for writes: a primary that answers does not have to wait out its rest.
    if (sighting.role === 'primary') this.breaker.recover();
    if (this.probeFailedLast || this.breaker.state === 'half_open') this.answered();
    const { node, logger } = this.options;
    if (this.current === 'down' && !this.stopped) logger.info('database node is up', { node });
    this.current = 'up';
  }

  private unseen(fault: unknown): void {
    this.probeFailedLast = true;
    this.breaker.failed();
    if (!(fault instanceof NoAnswerError)) return this.fall(fault);
    this.silentProbes += 1;
    if (this.silentProbes > 1 || this.current === 'down') return this.fall(new SilentNodeError(fault.waitedMs));
    this.fallSilent(fault);
  }

  private fallSilent({ waitedMs }: NoAnswerError): void {
    this.current = 'silent';
    this.options.onUnwell('silent', new SilentNodeError(waitedMs));
  }

  private fall(fault: unknown): void {
    this.error = reasonOf(fault);
    const { node, logger, onUnwell } = this.options;
    if (this.current !== 'down') logger.warn('database node is down', { node, reason: this.error });
    this.current = 'down';
    onUnwell('down', fault instanceof Error ? fault : new Error('unreachable', { cause: fault }));
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.check().finally(() => this.schedule()), PROBE_INTERVAL_MS).unref();
  }
}

function isFull(fault: unknown): boolean {
  return fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS;
}

/** A code or a message, whichever says it shorter; neither holds credentials. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  return 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.message;
}
