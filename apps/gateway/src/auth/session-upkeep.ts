import { Injectable } from '@nestjs/common';
import { HourlyUpkeep } from '@techze/database';
import { Logger } from '@techze/observability';
import { SessionsRepository } from './sessions.repository.js';

const PURGE_ROWS = 200;

/**
 * Removes sessions that have been over for a week, with all of their refresh tokens, in small transactions. That they are
 * over does not depend on it. Several gateways may do so at once.
 */
@Injectable()
export class SessionUpkeep extends HourlyUpkeep {
  constructor(
    private readonly sessions: SessionsRepository,
    logger: Logger,
  ) {
    super(logger.named('sessions'));
  }

  async run(): Promise<void> {
    while ((await this.sessions.purge(PURGE_ROWS)) === PURGE_ROWS);
  }
}
