import { Inject, Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { Logger } from '@techze/observability';
import { ContextVerifier } from './context-verifier.js';
import { DeadLetters } from './dead-letters.js';
import { EventIntake } from './event-intake.js';
import { FrameSplitter } from './frame-splitter.js';
import type { WithHooks } from './handler-runner.js';
import { keysOf } from './keys.js';
import { RedisConnections } from './redis-connections.js';
import { ReplicaPulse } from './replica-pulse.js';
import type { ReclaimRules } from './pending-reclaimer.js';
import { RequestIntake } from './request-intake.js';
import { Settlements } from './settlements.js';
import { Slots } from './slots.js';
import type { StreamEntry, StreamGroup } from './stream-entry.js';
import { StreamConsumer } from './stream-consumer.js';
import { eventBackoffMs, longestDeadlineMs, orphanMs, sweepMs } from './timings.js';
import { transportConfig, type TransportConfig } from './transport.config.js';
import { TransportOptions } from './transport.options.js';

/** Events never take the room of requests. */
const EVENT_CONCURRENCY = 16;
/** What is under way at the end gets this long; the process must be gone within 30 s of its SIGTERM. */
const FINISH_MS = 20_000;
/** And its replies and acks this long to be written, should Redis be away just now. */
const WRITE_MS = 2_000;

export const REDIS_STREAMS = Symbol('redis-streams');

/**
 * Nest's microservice server on Redis Streams: any number of replicas, each request executed by one of them,
 * each event by one replica of each service that reads it.
 */
@Injectable()
export class RedisStreamsServer extends Server implements CustomTransportStrategy {
  override readonly transportId = REDIS_STREAMS;
  /** Failed events are ours to retry and to report. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly log: Logger;
  private readonly settlements: Settlements;
  private readonly consumers: StreamConsumer[] = [];
  private readonly pulse: ReplicaPulse;
  private hooked = false;
  private sweeper: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly options: TransportOptions,
    @Inject(transportConfig.token) private readonly config: TransportConfig,
    private readonly connections: RedisConnections,
    private readonly verifier: ContextVerifier,
    logger: Logger,
  ) {
    super();
    this.log = logger.named('transport');
    this.settlements = new Settlements(connections.commands, this.log);
    this.pulse = new ReplicaPulse(
      connections.commands,
      keysOf(options.service).alive(connections.processName),
      async () => {
        await Promise.all(this.consumers.map((consumer) => consumer.join()));
      },
      this.log,
    );
  }

  /** @throws Error for a second handler of an event: an inbox lets the first have it, and the other would do nothing, unseen */
  override addHandler(pattern: string, ...rest: [MessageHandler, boolean?, Record<string, unknown>?]): void {
    if (this.messageHandlers.has(pattern)) throw new Error(`${pattern} has a handler already`);
    super.addHandler(pattern, ...rest);
  }

  /** Calls back at once: the process is up although its Redis may not be yet. */
  listen(callback: () => void): void {
    const handlers = [...this.messageHandlers.values()];
    const keys = keysOf(this.options.service);
    const deadLetters = new DeadLetters(this.options.service, this.settlements, this.log);
    const host = { service: this.options.service, handlers: this.messageHandlers, withHooks: this.withHooks };
    if (handlers.some(({ isEventHandler }) => !isEventHandler)) {
      const slots = new Slots(this.config.concurrency);
      const intake = new RequestIntake(
        { ...host, stream: keys.rpc },
        this.verifier,
        slots,
        this.settlements,
        deadLetters,
        new FrameSplitter(this.connections.commands, this.streamOf(keys.rpc)),
        this.log,
      );
      this.consume(keys.rpc, slots, { retryAfterMs: () => orphanMs, abandonedAfterMs: longestDeadlineMs }, (entry) =>
        intake.work(entry),
      );
    }
    if (handlers.some(({ isEventHandler }) => isEventHandler)) {
      const slots = new Slots(EVENT_CONCURRENCY);
      const intake = new EventIntake({ ...host, stream: keys.events }, this.verifier, slots, deadLetters, this.log);
      this.consume(keys.events, slots, { retryAfterMs: eventBackoffMs, abandonedAfterMs: undefined }, (entry) =>
        intake.work(entry),
      );
    }
    if (this.consumers.length > 0) void this.begin();
    callback();
  }

  /** Pulls no more, finishes what is under way, leaves the group. */
  async close(): Promise<void> {
    if (this.consumers.length === 0) return;
    clearInterval(this.sweeper);
    await this.pulse.drain();
    await Promise.all(this.consumers.map((consumer) => consumer.stopPulling()));
    await this.sweeping;
    await within(FINISH_MS, Promise.all(this.consumers.map((consumer) => consumer.finished())));
    await within(WRITE_MS, this.settlements.drained());
    await this.pulse.stop();
    await Promise.all(this.consumers.map((consumer) => consumer.leave()));
  }

  override setOnProcessingStartHook(hook: Parameters<Server['setOnProcessingStartHook']>[0]): void {
    super.setOnProcessingStartHook(hook);
    this.hooked = true;
  }

  override setOnProcessingEndHook(hook: Parameters<Server['setOnProcessingEndHook']>[0]): void {
    super.setOnProcessingEndHook(hook);
    this.hooked = true;
  }

  on(): never {
    throw new Error('the transport has no events of its own to listen to: see its log and metrics');
  }

  unwrap<T>(): T {
    return this.connections as T;
  }

  private consume(
    key: string,
    slots: Slots,
    rules: Pick<ReclaimRules, 'retryAfterMs' | 'abandonedAfterMs'>,
    work: (entry: StreamEntry) => Promise<boolean>,
  ): void {
    const { service } = this.options;
    const keys = keysOf(service);
    this.consumers.push(
      new StreamConsumer({
        service,
        stream: this.streamOf(key),
        slots,
        commands: this.connections.commands,
        blocking: this.connections.openBlocking(),
        settlements: this.settlements,
        rules: { ...rules, aliveKeyOf: (consumer) => keys.alive(consumer) },
        isSure: () => this.pulse.isSure,
        work,
        logger: this.log,
      }),
    );
  }

  private streamOf(key: string): StreamGroup {
    return { key, group: this.options.service, consumer: this.connections.processName };
  }

  /** The `alive` key and the groups come first: peers would take a consumer without a key for dead. */
  private async begin(): Promise<void> {
    const { commands } = this.connections;
    await commands.untilReady();
    await this.pulse.start();
    for (const consumer of this.consumers) consumer.start();
    this.sweeper = setInterval(() => {
      this.sweeping ??= this.sweep().finally(() => (this.sweeping = undefined));
    }, sweepMs);
    this.sweeper.unref();
  }

  private async sweep(): Promise<void> {
    if (!this.connections.commands.isReady) return;
    const outcomes = await Promise.allSettled(this.consumers.map((consumer) => consumer.sweep()));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') this.log.debug('a sweep failed', { reason: String(outcome.reason) });
  }

  private readonly withHooks: WithHooks = (context, work) => {
    if (!this.hooked) return work();
    return new Promise((resolve, reject) => {
      this.onProcessingStartHook(this.transportId, context, async () => {
        await work().then(resolve, reject);
        this.onProcessingEndHook?.(this.transportId, context);
      });
    });
  };
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
