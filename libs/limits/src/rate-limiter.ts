import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { RedisConnections } from '@techze/transport';
import type { Charge, Verdict } from './charge.js';
import { PULSE_LIFE_MS, SharedLogs } from './shared-logs.js';
import { SlidingLogs } from './sliding-logs.js';

/** How often a replica shows that it lives, and looks whether Redis does. */
const PULSE_MS = 500;

/**
 * Counts requests against limits, over all replicas by Redis. While Redis is away each replica goes by its own log and
 * grants its share of each limit; it asks for Redis twice a second and is back as soon as that answers.
 */
@Injectable()
export class RateLimiter implements OnModuleInit, OnApplicationShutdown {
  private readonly shared: SharedLogs;
  /** Also told of what Redis let pass: on the day that it goes away nobody begins from nought. */
  private readonly own = new SlidingLogs();
  private readonly logger: Logger;
  private isShared = false;
  private replicas = 1;
  private countedAt = 0;
  private pulsing = false;
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly connections: RedisConnections,
    logger: Logger,
  ) {
    this.logger = logger.named('limits');
    this.shared = new SharedLogs(connections.commands);
  }

  onModuleInit(): void {
    this.stopListening = this.connections.commands.onReady(() => void this.pulse());
    this.timer = setInterval(() => void this.pulse(), PULSE_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopListening?.();
  }

  /** Charges a request to all limits if all let it pass, else to none. Never rejects. */
  async take(charges: readonly Charge[]): Promise<Verdict> {
    if (this.isShared) {
      try {
        const verdict = await this.shared.take(charges);
        if (verdict.passed) this.own.note(charges, now());
        return verdict;
      } catch (error) {
        this.lost(error);
      }
    }
    return this.own.take(
      charges.map(({ key, rate }) => ({ key, rate: { ...rate, limit: this.shareOf(rate.limit) } })),
      now(),
    );
  }

  private shareOf(limit: number): number {
    return Math.max(Math.floor(limit / this.replicas), 1);
  }

  private async pulse(): Promise<void> {
    if (this.pulsing) return;
    this.pulsing = true;
    try {
      this.count(await this.shared.pulse(this.connections.processName));
      if (!this.isShared) this.logger.info('limits are shared by all replicas');
      this.isShared = true;
    } catch (error) {
      this.lost(error);
    } finally {
      this.pulsing = false;
    }
  }

  /** A Redis that has just come back, or was flushed, has not heard of all yet: for a while only more are believed. */
  private count(replicas: number): void {
    if (!this.isShared) this.countedAt = now();
    if (replicas < this.replicas && now() - this.countedAt < PULSE_LIFE_MS) return;
    this.replicas = replicas;
    this.countedAt = now();
  }

  /** One line a change of state, not one a request. */
  private lost(error: unknown): void {
    if (!this.isShared) return;
    this.isShared = false;
    this.logger.warn('Redis is away: each replica grants its own share of the limits', {
      replicas: this.replicas,
      reason: String(error),
    });
  }
}

/** Never goes back, whatever is done to the machine's clock. */
function now(): number {
  return Math.floor(performance.now());
}
