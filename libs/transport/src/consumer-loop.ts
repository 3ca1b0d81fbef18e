import { setImmediate } from 'node:timers/promises';
import type { Logger } from '@techze/observability';
import { isRefusal, type RedisConnection } from './redis-connection.js';
import type { Slots } from './slots.js';
import { entryOf, type ReadReply, type StreamEntry, type StreamGroup } from './stream-entry.js';
import { blockMs } from './timings.js';

const MAX_ENTRIES_PER_READ = 16;
const PAUSE_AFTER_FAULT_MS = 100;

/**
 * Pulls new entries of one stream, on a connection of its own because the read blocks,
 * and only while there is room: pulling is what balances the load over the replicas.
 */
export class ConsumerLoop {
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly connection: RedisConnection,
    private readonly stream: StreamGroup,
    private readonly slots: Slots,
    private readonly accept: (entry: StreamEntry) => void,
    /** Runs before each read: what the last one's fast handlers answered travels along with it. */
    private readonly beforeRead: () => void,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /**
   * Reads no more; settles when the last read has come back, so that nothing is delivered to nobody.
   * @param unblock ends the blocking read from another connection
   */
  async stop(unblock: (clientId: number) => Promise<unknown>): Promise<void> {
    this.stopping = true;
    this.tellStop();
    this.slots.wake();
    if (this.clientId !== undefined) await unblock(this.clientId).catch(() => undefined);
    await this.running;
  }

  private clientId: number | undefined;
  private tellStop: () => void = () => undefined;
  private readonly stopped = new Promise<void>((resolve) => (this.tellStop = resolve));

  private async run(): Promise<void> {
    const forget = this.connection.onReady(() => void this.learnClientId());
    while (!this.stopping && !this.connection.isClosed) {
      try {
        await this.slots.untilFree();
        // A Redis that is away must not keep a process that has to go.
        if (!this.connection.isReady) await Promise.race([this.connection.untilReady(), this.stopped]);
        if (!this.stopping && !this.connection.isClosed) await this.readOnce();
      } catch (error) {
        await this.recover(error);
      }
    }
    forget();
  }

  private async learnClientId(): Promise<void> {
    this.clientId = await this.connection.send<number>(['CLIENT', 'ID']).catch(() => undefined);
  }

  private async readOnce(): Promise<void> {
    const { key, group, consumer } = this.stream;
    this.beforeRead();
    // A frame holds up to 16 requests: ask for what would fill the room if they were full.
    const count = Math.min(MAX_ENTRIES_PER_READ, Math.ceil(this.slots.free / MAX_ENTRIES_PER_READ));
    const reply = await this.connection.send<ReadReply>([
      'XREADGROUP',
      'GROUP',
      group,
      consumer,
      'COUNT',
      String(count),
      'BLOCK',
      String(blockMs),
      'STREAMS',
      key,
      '>',
    ]);
    for (const [, entries] of reply ?? [])
      for (const entry of entries) if (entry) this.accept(entryOf(entry[0], entry[1] ?? [], 1, false));
    if (reply) await setImmediate();
  }

  private async recover(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    if (isRefusal(error) && /NOGROUP|UNBLOCKED|no longer exists/.test(reason)) {
      this.logger.warn('the consumer group is gone, making it again', { stream: this.stream.key });
      await joinGroup(this.connection, this.stream).catch(() => pause());
      return;
    }
    if (!this.stopping) this.logger.warn('reading a stream failed, trying again', { stream: this.stream.key, reason });
    await pause();
  }
}

/** Joins the group; stream, group and membership are made if need be. A blocked read alone makes no member on Redis 7.0. */
export async function joinGroup(connection: RedisConnection, { key, group, consumer }: StreamGroup): Promise<void> {
  await connection.send(['XGROUP', 'CREATE', key, group, '0', 'MKSTREAM']).catch((error: unknown) => {
    if (!(isRefusal(error) && error.message.startsWith('BUSYGROUP'))) throw error;
  });
  await connection.send(['XGROUP', 'CREATECONSUMER', key, group, consumer]);
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAULT_MS));
}
