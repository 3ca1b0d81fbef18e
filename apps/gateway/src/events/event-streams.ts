import { once, setMaxListeners } from 'node:events';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { nameOf, Problem, type Principal } from '@techze/contracts';
import { Logger } from '@techze/observability';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { EventStream, type EventFilter } from './event-stream.js';
import type { FeedPosition } from './feed-position.js';
import { eventStreams, eventStreamsCutTotal } from './metrics.js';
import { inOwnContext } from './own-context.js';
import { TenantFeeds } from './tenant-feeds.js';

/** Open at a time in one process: of one user or API key, of one tenant, of all. */
const STREAMS_MAX = { caller: 10, tenant: 200, process: 2_000 };
const TRY_AGAIN_SECONDS = 5;
/**
 * Between two looks whether a credential still holds. What the answer goes by is up to 800 ms old (TrustedAnswers):
 * together that is the second within which a revocation is in force.
 */
const CHECK_MS = 150;
/** Then nobody can tell. */
const VERIFY_MS = 2_000;
/** A reader that takes nothing for so many heart-beats is cut. */
const STUCK_BEATS = 2;
/** So long may the last event take at the end of the process. */
const FAREWELL_MS = 1_000;

export interface StreamRequest {
  readonly principal: Principal;
  /** Whether the credential holds, as the guard would say. @throws Problem */
  readonly verify: () => Promise<Principal>;
  readonly wants: EventFilter;
  readonly resumeFrom?: FeedPosition;
}

interface Open extends StreamRequest {
  readonly stream: EventStream;
  checking: boolean;
}

/** All streams of this process: how many there may be, that each goes on only for as long as its credential, and their end. */
@Injectable()
export class EventStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly open = new Set<Open>();
  private readonly counts = new Map<string, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly logger: Logger;
  private stopping = false;

  constructor(
    private readonly feeds: TenantFeeds,
    @Inject(gatewayConfig.token) private readonly config: GatewayConfig,
    logger: Logger,
  ) {
    this.logger = logger.named('events');
  }

  onModuleInit(): void {
    this.timers.push(
      setInterval(() => this.beat(), this.config.heartbeatMs).unref(),
      setInterval(() => this.check(), CHECK_MS).unref(),
    );
  }

  /** While the database and the server still stand: every reader is told, and resumes elsewhere. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    const streams = [...this.open].map(({ stream }) => stream);
    for (const stream of streams) stream.finish('shutdown');
    const signal = AbortSignal.timeout(FAREWELL_MS);
    setMaxListeners(0, signal);
    await Promise.allSettled(
      streams.filter(({ closed }) => !closed).map((stream) => once(stream, 'close', { signal })),
    );
    for (const stream of streams) stream.destroy();
  }

  /** @throws Problem `too-many-event-streams`, `overloaded`, or that the database cannot be read */
  async start(request: StreamRequest): Promise<EventStream> {
    const places = this.takePlaces(request.principal);
    try {
      const feed = await this.feeds.take(request.principal.tenant_id);
      const stream = new EventStream(feed, request.wants, request.resumeFrom);
      const open: Open = { ...request, stream, checking: false };
      this.open.add(open);
      eventStreams.inc();
      stream.once('close', () => {
        this.open.delete(open);
        this.feeds.giveBack(feed);
        this.freePlaces(places);
        eventStreams.dec();
      });
      if (this.stopping) stream.finish('shutdown');
      return stream;
    } catch (error) {
      this.freePlaces(places);
      throw error;
    }
  }

  private takePlaces(principal: Principal): string[] {
    if (this.stopping) throw new Problem('service-unavailable');
    const tenant = principal.tenant_id;
    const places = { process: '', tenant, caller: `${tenant} ${nameOf(principal)}` };
    if (this.countOf(places.process) >= STREAMS_MAX.process) throw new Problem('overloaded');
    if (this.countOf(places.tenant) >= STREAMS_MAX.tenant || this.countOf(places.caller) >= STREAMS_MAX.caller)
      throw new Problem('too-many-event-streams', { retryAfterSeconds: TRY_AGAIN_SECONDS });
    const taken = Object.values(places);
    for (const place of taken) this.counts.set(place, this.countOf(place) + 1);
    return taken;
  }

  private freePlaces(places: readonly string[]): void {
    for (const place of places) {
      const left = this.countOf(place) - 1;
      if (left > 0) this.counts.set(place, left);
      else this.counts.delete(place);
    }
  }

  private countOf(place: string): number {
    return this.counts.get(place) ?? 0;
  }

  private beat(): void {
    const stuckSinceMs = performance.now() - STUCK_BEATS * this.config.heartbeatMs;
    for (const { stream } of this.open) {
      if ((stream.stuckSinceMs ?? Infinity) > stuckSinceMs) {
        stream.beat();
        continue;
      }
      eventStreamsCutTotal.inc();
      stream.destroy();
    }
  }

  private check(): void {
    for (const open of this.open) if (!open.checking) void this.checkOne(open);
  }

  /** Never rejects. What nobody can tell at the moment is no yes: nothing is sent until somebody can. */
  private async checkOne(open: Open): Promise<void> {
    const { stream, principal, verify } = open;
    open.checking = true;
    try {
      if (isSame(await inOwnContext(VERIFY_MS, verify), principal)) stream.resumeDelivery();
      else stream.finish('credential');
    } catch (error) {
      if (error instanceof Problem && error.status === 401) stream.finish('credential');
      else {
        stream.pauseDelivery();
        if (!(error instanceof Problem)) this.logger.error('a credential could not be checked', { err: error });
      }
    } finally {
      open.checking = false;
    }
  }
}

/** Who comes with other rights than before has to be let in again. */
function isSame(now: Principal, then: Principal): boolean {
  return JSON.stringify(now) === JSON.stringify(then);
}
