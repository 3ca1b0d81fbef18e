import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { PoolReports } from '@techze/bootstrap';
import { BREAKER_RESET_TOPIC, Problem, type BreakerReset } from '@techze/contracts';
import { Database } from '@techze/database';
import { RedisHealth, RpcClient } from '@techze/transport';

/** Closes the breaker of a node in every process of the suite. */
@Injectable()
export class BreakerResets {
  constructor(
    private readonly reports: PoolReports,
    private readonly database: Database,
    private readonly audit: AuditRecorder,
    private readonly rpc: RpcClient,
    private readonly redis: RedisHealth,
  ) {}

  /**
   * Tells all processes before the record of it is committed: without a record nobody is told, and without Redis nothing
   * is recorded.
   * @throws Problem `pool-node-not-found`, `service-unavailable`
   */
  async reset(node_id: string): Promise<BreakerReset> {
    const live = await this.reports.live();
    if (!live.some(({ nodes }) => nodes.some(({ id }) => id === node_id))) throw new Problem('pool-node-not-found');
    // A Redis that hangs would be waited for inside the transaction.
    if (!(await this.redis.isUp())) throw new Problem('service-unavailable', { cause: 'Redis is away' });
    const reset: BreakerReset = { node_id };
    await this.database.write(async (manager) => {
      await this.audit.record(manager, { event_type: 'BREAKER_RESET', resource_id: node_id, success: true });
      await this.rpc.broadcast(BREAKER_RESET_TOPIC, reset);
    });
    return reset;
  }
}
