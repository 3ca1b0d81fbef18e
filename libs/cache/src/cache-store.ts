import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { createClient } from 'redis';
import { cacheConfig, type CacheConfig } from './cache.config.js';
import type { CacheKeys } from './cache-keys.js';
import { TimeoutError, within } from './within.js';

/** A cache that is slower than this is no help: its answer is taken as a miss. */
const OPERATION_TIMEOUT_MS = 50;
/** After a time-out reads go past the cache for this long, so that a Redis that hangs slows down one read a second. */
const REST_MS = 1_000;
const RECONNECT_MAX_MS = 2_000;
const QUEUE_MAX_COMMANDS = 10_000;
/** A generation outlives the entries made under it: its end costs one miss, no more. */
const GENERATION_TTL_FACTOR = 10;
/**
 * For this long after an invalidation nothing is kept: a replica may still show what was before, and where the
 * invalidation came first, the change may not be committed yet. Longer than any request lasts.
 */
const UNSETTLED_MS = 15_000;
const UNSETTLED_MARK = '!';
const DROP_ATTEMPTS = 3;

/** A kept answer. */
export interface Entry {
  readonly json: string;
  /** The commit (an LSN) that whoever loaded it had to see; what was committed later may be missing in it. */
  readonly after: string | undefined;
}

/** What the cache has of a key. */
export interface Found {
  readonly generation: string;
  /** False for a moment after an invalidation: read the primary, and keep nothing. */
  readonly settled: boolean;
  readonly entry: Entry | undefined;
}

/** The Redis side of the cache. Everything rejects when Redis is away, rests or is slow; nothing waits longer than 50 ms. */
@Injectable()
export class CacheStore implements OnModuleInit, BeforeApplicationShutdown {
  private readonly client;
  private restUntilMs = 0;
  private up = true;

  constructor(
    @Inject(cacheConfig.token) { url }: CacheConfig,
    private readonly logger: Logger,
  ) {
    this.client = createClient({
      url,
      name: 'techze-cache',
      commandsQueueMaxLength: QUEUE_MAX_COMMANDS,
      socket: { reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RECONNECT_MAX_MS) },
    });
    this.client.on('error', (err: unknown) => this.report(false, err));
    this.client.on('ready', () => this.report(true));
  }

  /** Starts to connect and does not wait for it: a process is ready without its cache. */
  onModuleInit(): void {
    this.client.connect().catch((err: unknown) => this.report(false, err));
  }

  beforeApplicationShutdown(): void {
    if (this.client.isOpen) this.client.destroy();
  }

  /** The generation in force (made if there is none) and the entry if it was stored under it. */
  async find(keys: CacheKeys, ttlMs: number): Promise<Found> {
    const [known, entry] = await this.ask(() => this.client.mGet([keys.generation, keys.entry]));
    const generation = known ?? (await this.openGeneration(keys, ttlMs));
    return {
      generation,
      settled: !generation.startsWith(UNSETTLED_MARK),
      entry: entry?.startsWith(generation) ? entryOf(entry.slice(generation.length)) : undefined,
    };
  }

  /** Keeps an answer for `ttlMs`. If its generation was dropped since, nobody will read it. */
  async put(keys: CacheKeys, generation: string, { json, after = '' }: Entry, ttlMs: number): Promise<void> {
    await this.ask(() => this.client.set(keys.entry, `${generation}${after} ${json}`, expiration(ttlMs)));
  }

  /**
   * Ends the generation, and with it every scope's entry; none is kept until the key settles. While Redis is away the
   * command waits in the client's queue, ahead of any later read, and is sent again if the connection broke under it.
   */
  async drop(keys: CacheKeys): Promise<void> {
    await within(OPERATION_TIMEOUT_MS, this.unsettle(keys.generation, DROP_ATTEMPTS));
  }

  private async unsettle(key: string, attempts: number): Promise<void> {
    try {
      await this.client.set(key, UNSETTLED_MARK + randomWord(), expiration(UNSETTLED_MS));
    } catch (error) {
      if (attempts <= 1 || !this.client.isOpen) throw error;
      await this.unsettle(key, attempts - 1);
    }
  }

  private async openGeneration(keys: CacheKeys, ttlMs: number): Promise<string> {
    const fresh = randomWord();
    const options = { ...expiration(ttlMs * GENERATION_TTL_FACTOR), condition: 'NX', GET: true } as const;
    return (await this.ask(() => this.client.set(keys.generation, fresh, options))) ?? fresh;
  }

  private async ask<T>(command: () => Promise<T>): Promise<T> {
    if (!this.client.isReady || Date.now() < this.restUntilMs) throw new Error('the cache is away or rests');
    try {
      return await within(OPERATION_TIMEOUT_MS, command());
    } catch (error) {
      if (error instanceof TimeoutError) this.restUntilMs = Date.now() + REST_MS;
      throw error;
    }
  }

  /** One line a change of state, not one a failure. */
  private report(up: boolean, err?: unknown): void {
    if (up === this.up) return;
    this.up = up;
    if (up) this.logger.info('cache is back');
    else this.logger.warn('cache is away: reads go on without it', { err });
  }
}

/** What follows the generation: the LSN, if there was one, a space, the answer. */
function entryOf(text: string): Entry | undefined {
  const space = text.indexOf(' ');
  return space < 0 ? undefined : { json: text.slice(space + 1), after: text.slice(0, space) || undefined };
}

function randomWord(): string {
  return randomBytes(12).toString('base64url');
}

function expiration(ttlMs: number) {
  return { expiration: { type: 'PX', value: Math.ceil(ttlMs) } } as const;
}
