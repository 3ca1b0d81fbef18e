import type { ServiceName } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { ConsumerLoop, joinGroup } from './consumer-loop.js';
import { REMOVE_IF_EMPTY } from './group-scripts.js';
import { PendingReclaimer, type ReclaimRules } from './pending-reclaimer.js';
import type { RedisConnection } from './redis-connection.js';
import type { Settlements } from './settlements.js';
import type { Slots } from './slots.js';
import type { StreamEntry, StreamGroup } from './stream-entry.js';
import { transportInFlight, transportRedeliveriesTotal } from './transport.metrics.js';

export interface StreamConsumerOptions {
  readonly service: ServiceName;
  readonly stream: StreamGroup;
  readonly slots: Slots;
  readonly commands: RedisConnection;
  readonly blocking: RedisConnection;
  readonly settlements: Settlements;
  readonly rules: Pick<ReclaimRules, 'aliveKeyOf' | 'retryAfterMs' | 'abandonedAfterMs'>;
  /** Whether entries that were just read are certainly still ours (`ReplicaPulse.isSure`). */
  readonly isSure: () => boolean;
  /** @returns whether the entry is done; if not it stays pending. Never rejects. */
  readonly work: (entry: StreamEntry) => Promise<boolean>;
  readonly logger: Logger;
}

/** One stream of this service as this process consumes it: pulling, recovery, and what is in its hands. */
export class StreamConsumer {
  /** Entries under way, until Redis has their ack: never begun twice, whichever way they arrive. */
  private readonly held = new Set<string>();
  private readonly loop: ConsumerLoop;
  private readonly reclaimer: PendingReclaimer;
  private idle: (() => void)[] = [];
  private working = 0;
  private stopped = false;

  constructor(private readonly options: StreamConsumerOptions) {
    const { stream, slots, commands, blocking, logger, rules } = options;
    const accept = (entry: StreamEntry) => void this.take(entry);
    const beforeRead = () => options.settlements.flush(blocking);
    this.loop = new ConsumerLoop(blocking, stream, slots, accept, beforeRead, logger);
    this.reclaimer = new PendingReclaimer(
      commands,
      stream,
      { ...rules, holds: (id) => this.held.has(id), hasRoom: () => slots.free > 0 && !this.stopped },
      accept,
      logger,
    );
  }

  start(): void {
    this.loop.start();
  }

  async join(): Promise<void> {
    await joinGroup(this.options.commands, this.options.stream);
  }

  async sweep(): Promise<void> {
    transportInFlight.set({ stream: this.options.stream.key }, this.options.slots.inUse);
    if (!this.stopped) await this.reclaimer.sweep();
  }

  /** Pulls no more; settles when the last read has come back. */
  async stopPulling(): Promise<void> {
    this.stopped = true;
    await this.loop.stop((clientId) => this.options.commands.send(['CLIENT', 'UNBLOCK', String(clientId)]));
  }

  /** Settles when no work is under way; acks may still have to be written. */
  async finished(): Promise<void> {
    while (this.working > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Takes this consumer out of the group, unless something is still pending with it. */
  async leave(): Promise<void> {
    const { commands, stream } = this.options;
    const command = ['EVAL', REMOVE_IF_EMPTY, '1', stream.key, stream.group, stream.consumer];
    await commands.send(command).catch(() => undefined);
  }

  private async take(entry: StreamEntry): Promise<void> {
    if (this.held.has(entry.id)) return;
    this.held.add(entry.id);
    this.working += 1;
    const { stream, service, settlements, isSure } = this.options;
    const ours = isSure() || (await this.isOurs(entry.id));
    if (ours && entry.redelivered) transportRedeliveriesTotal.inc({ service, stream: stream.key });
    const done = ours && (await this.options.work(entry));
    if (done) settlements.ack(stream.key, stream.group, entry.id, () => this.held.delete(entry.id));
    else this.held.delete(entry.id);
    this.working -= 1;
    if (this.working === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** After a stall: peers may have taken over what was delivered to us meanwhile. */
  private async isOurs(id: string): Promise<boolean> {
    const { commands, stream } = this.options;
    const command = ['XPENDING', stream.key, stream.group, id, id, '1', stream.consumer];
    return commands.send<readonly unknown[]>(command).then(
      (rows) => rows.length === 1,
      () => false,
    );
  }
}
