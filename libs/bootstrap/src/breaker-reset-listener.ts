import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BREAKER_RESET_TOPIC, BreakerReset } from '@techze/contracts';
import { Database } from '@techze/database';
import { Logger } from '@techze/observability';
import { RpcClient } from '@techze/transport';

/** Closes a breaker of this process when an operator asked for it, at whichever gateway. */
@Injectable()
export class BreakerResetListener implements OnModuleInit {
  private readonly logger: Logger;

  constructor(
    private readonly rpc: RpcClient,
    private readonly database: Database,
    logger: Logger,
  ) {
    this.logger = logger.named('pool');
  }

  onModuleInit(): void {
    this.rpc.onBroadcast(BREAKER_RESET_TOPIC, (data, { role }) => {
      // Whoever may broadcast may not yet do this.
      if (role !== 'operator') return this.logger.warn('a breaker reset was refused', { role });
      const { node_id: node } = BreakerReset.parse(data);
      if (this.database.pool.resetBreaker(node)) this.logger.info('circuit breaker reset by an operator', { node });
    });
  }
}
