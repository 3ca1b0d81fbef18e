import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { SessionsRepository } from './sessions.repository.js';

const PURGE_EVERY_MS = 15 * 60 * 1_000;
const PURGE_ROWS = 200;

/**
 * Removes sessions that have been over for a week, with all of their refresh tokens, in small transactions. That they are
 * over does not depend on it. Several gateways may do so at once.
 */
@Injectable()
export class SessionUpkeep implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly sessions: SessionsRepository,
    logger: Logger,
  ) {
    this.logger = logger.named('sessions');
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.underWay = this.purge().catch((err: unknown) => this.logger.debug('old sessions were not removed', { err }));
    }, PURGE_EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  async purge(): Promise<void> {
    while ((await this.sessions.purge(PURGE_ROWS)) === PURGE_ROWS);
  }
}
