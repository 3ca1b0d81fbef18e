import type { Logger } from '@techze/observability';
import { createClient, ErrorReply, RESP_TYPES } from 'redis';
import { reconnectDelayMs } from './timings.js';

const LOG_EVERY_MS = 10_000;
const SUBSCRIBE_AGAIN_MS = 1_000;
/** Longer than a blocking read; every connection has traffic more often than this. */
const SOCKET_TIMEOUT_MS = 8_000;

const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer } };

/** Texts, also long ones: measured, bytes of our own making cost more than they save. */
export type RedisCommand = readonly string[];
type Client = ReturnType<typeof newClient>;

/**
 * One connection to Redis that comes back by itself, for ever, with capped back-off.
 * While it is away commands fail at once: whoever sends knows best what to do then.
 */
export class RedisConnection {
  private readonly client: Client;
  private readonly listeners = new Set<() => void>();
  private readonly wanted = new Map<string, (message: string) => void>();
  private lastLogged = 0;
  private closed = false;

  constructor(
    url: string,
    readonly name: string,
    private readonly logger: Logger,
  ) {
    this.client = newClient(url, name);
    this.client.on('error', (error: Error) => this.logError(error));
    this.client.on('ready', () => {
      this.lastLogged = 0;
      this.subscribeWanted();
      for (const listener of this.listeners) listener();
    });
  }

  /** Begins to connect and returns at once: a process may start before its Redis. */
  start(): void {
    if (!this.client.isOpen && !this.closed) this.client.connect().catch((error: Error) => this.logError(error));
  }

  get isClosed(): boolean {
    return this.closed;
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  /** Runs `listener` after every (re)connection; returns how to stop that. */
  onReady(listener: () => void): () => void {
    this.listeners.add(listener);
    if (this.isReady) listener();
    return () => this.listeners.delete(listener);
  }

  /** Settles once the connection is there, or closed for good. */
  async untilReady(): Promise<void> {
    if (this.isReady || this.closed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.listeners.delete(done);
        this.client.off('end', done);
        resolve();
      };
      this.listeners.add(done);
      this.client.on('end', done);
    });
  }

  /** @throws ErrorReply when Redis refused it; another error when it is unknown whether Redis got it */
  send<Reply>(command: RedisCommand): Promise<Reply> {
    return this.client.sendCommand<Reply>(command);
  }

  /** The same for bytes: no text is made of them. Waits for a connection that is not there yet. */
  async sendBytes(command: readonly (string | Buffer)[]): Promise<Buffer | null> {
    await this.untilReady();
    return this.client.sendCommand<Buffer | null>(command, AS_BYTES);
  }

  /** The same, for what must not wait for a Redis that hangs. */
  sendWithin<Reply>(limitMs: number, command: RedisCommand): Promise<Reply> {
    return within(limitMs, this.send<Reply>(command));
  }

  /** The same: what is late may still be done. */
  sendBytesWithin(limitMs: number, command: readonly (string | Buffer)[]): Promise<Buffer | null> {
    return within(limitMs, this.sendBytes(command));
  }

  /** Sends all in one write, in this order; each has its own outcome. */
  pipeline(commands: readonly RedisCommand[]): Promise<PromiseSettledResult<unknown>[]> {
    return Promise.allSettled(commands.map((command) => this.send(command)));
  }

  /** Subscribes as soon as there is a connection, and again after every reconnection. */
  subscribe(channel: string, listener: (message: string) => void): void {
    this.wanted.set(channel, listener);
    if (this.isReady) this.subscribeWanted();
  }

  close(): void {
    this.closed = true;
    this.listeners.clear();
    this.client.destroy();
  }

  /** The client renews a subscription only once Redis has confirmed it: until then that is up to us. */
  private subscribeWanted(): void {
    for (const [channel, listener] of [...this.wanted]) {
      this.wanted.delete(channel);
      this.client.subscribe(channel, listener).catch((error: Error) => {
        this.logError(error);
        this.wanted.set(channel, listener);
        setTimeout(() => {
          if (this.isReady) this.subscribeWanted();
        }, SUBSCRIBE_AGAIN_MS).unref();
      });
    }
  }

  private logError(error: Error): void {
    const now = Date.now();
    if (this.closed || now - this.lastLogged < LOG_EVERY_MS) return;
    this.lastLogged = now;
    this.logger.warn('Redis connection failed, trying again', { connection: this.name, reason: error.message });
  }
}

/** Whether Redis itself refused the command, so that it certainly had no effect. */
export function isRefusal(error: unknown): error is ErrorReply {
  return error instanceof ErrorReply;
}

async function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // An answer that came while this process was held up lies in the socket: one more turn to read it.
    timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer within ${limitMs} ms`))), limitMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function newClient(url: string, name: string) {
  return createClient({
    url,
    name,
    RESP: 2,
    disableOfflineQueue: true,
    // A timer a command costs more than the command; deadlines and the socket's time-out bound them all.
    commandOptions: { timeout: undefined },
    pingInterval: 2_000,
    socket: {
      connectTimeout: 2_000,
      socketTimeout: SOCKET_TIMEOUT_MS,
      reconnectStrategy: (retry) => reconnectDelayMs(retry),
    },
  });
}
