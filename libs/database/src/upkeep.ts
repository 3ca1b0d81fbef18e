import type { Logger } from '@techze/observability';

const EVERY_MS = 60 * 60 * 1_000;

/**
 * A chore on what a service keeps, such as making partitions ahead and dropping what is beyond retention: done when the
 * service has started and every hour, never while it stops. One that fails is logged and done the next time; several
 * processes may do the same at once, so it has to bear that. Nest calls the two hooks by their names.
 */
export abstract class HourlyUpkeep {
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();

  /** @param logger named after what is kept */
  protected constructor(private readonly logger: Logger) {}

  /** Does the chore once. */
  abstract run(): Promise<void>;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.begin(), EVERY_MS).unref();
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  private begin(): void {
    this.underWay = this.run().catch((err: unknown) => this.logger.warn('upkeep failed', { err }));
  }
}
