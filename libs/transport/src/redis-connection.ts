import type { Logger } from '@techze/observability';
import { createClient, ErrorReply } from 'redis';
import { reconnectDelayMs } from './timings.js';

const LOG_EVERY_MS = 10_000;
/** Longer than a blocking read; every connection has traffic more often than this. */
const SOCKET_TIMEOUT_MS = 8_000;

export type RedisCommand = readonly string[];
type Client = ReturnType<typeof newClient>;

/**
 * One connection to Redis that comes back by itself, for ever, with capped back-off.
 * While it is away commands fail at once: whoever sends knows best what to do then.
 */
export class RedisConnection {
  private readonly client: Client;
  private readonly listeners = new Set<() => void>();
  private lastLogged = 0;
  private closed = false;

  constructor(
    url: string,
    readonly name: string,
    private readonly logger: Logger,
    /** A subscriber's commands wait for the connection; everybody else's fail at once without one. */
    kind: 'commands' | 'subscriber' = 'commands',
  ) {
    this.client = newClient(url, name, kind);
    this.client.on('error', (error: Error) => this.logError(error));
    this.client.on('ready', () => {
      this.lastLogged = 0;
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

  /** Sends all in one write, in this order; each has its own outcome. */
  pipeline(commands: readonly RedisCommand[]): Promise<PromiseSettledResult<unknown>[]> {
    return Promise.allSettled(commands.map((command) => this.send(command)));
  }

  /** Subscribes now, and again after every reconnection. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    return this.client.subscribe(channel, listener);
  }

  close(): void {
    this.closed = true;
    this.listeners.clear();
    this.client.destroy();
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

function newClient(url: string, name: string, kind: 'commands' | 'subscriber') {
  return createClient({
    url,
    name,
    RESP: 2,
    disableOfflineQueue: kind === 'commands',
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
