import type { Logger } from '@techze/observability';
import type { AliveState } from './consumer-census.js';
import type { RedisConnection } from './redis-connection.js';
import { aliveMs, beatMs } from './timings.js';

/** Keeps this replica's `alive` key, and notices when Redis has forgotten it. */
export class ReplicaPulse {
  private timer: NodeJS.Timeout | undefined;
  private forgetReady: (() => void) | undefined;
  private state: AliveState = 'serving';
  private beating = false;
  private lastBeat = 0;
  private doubtUntil = 0;

  /**
   * @param onForgotten runs when the key was not there although it should have been: Redis lost its data,
   *   or this process stalled for longer than the key lives
   */
  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
    private readonly onForgotten: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** Beats until stopped; settles when the key is there for the first time, or Redis is away. */
  async start(): Promise<void> {
    this.timer = setInterval(() => void this.beat(), beatMs);
    this.timer.unref();
    this.forgetReady = this.connection.onReady(() => void this.beat());
    await this.beat();
  }

  /** Goes on living, but takes no more work: callers no longer count on this replica. */
  async drain(): Promise<void> {
    this.state = 'draining';
    await this.set().catch(() => undefined);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.forgetReady?.();
    await this.connection.send(['DEL', this.key]).catch(() => undefined);
  }

  /** Whether peers cannot have thought this replica dead a moment ago; if not, what it just read may be theirs by now. */
  get isSure(): boolean {
    const now = Date.now();
    return now - this.lastBeat < aliveMs && now >= this.doubtUntil;
  }

  async beat(): Promise<void> {
    if (this.beating || !this.connection.isReady) return;
    this.beating = true;
    const sentAt = Date.now();
    if (this.lastBeat > 0 && sentAt - this.lastBeat >= aliveMs) this.doubtUntil = sentAt + aliveMs;
    try {
      // PEXPIRE, not SET: it also works while Redis has no memory left.
      const known = (await this.connection.send<number>(['PEXPIRE', this.key, String(aliveMs)])) === 1;
      if (!known) await this.set();
      this.lastBeat = sentAt;
      if (!known) await this.onForgotten();
    } catch (error) {
      this.logger.debug('a heartbeat failed', { reason: String(error) });
    } finally {
      this.beating = false;
    }
  }

  private async set(): Promise<void> {
    await this.connection.send(['SET', this.key, this.state, 'PX', String(aliveMs)]);
  }
}
