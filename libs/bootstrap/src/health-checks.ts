import { Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { HealthReport } from '@techze/contracts';
import { Database } from '@techze/database';
import { RedisHealth } from '@techze/transport';
import { Readiness } from './readiness.js';

/** What this process can say of itself and of what it stands on. */
@Injectable()
export class HealthChecks {
  constructor(
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly redis: RedisHealth,
    private readonly readiness: Readiness,
  ) {}

  /** Everything: `database` is the primary, `pool` whether any node serves reads. */
  async report(): Promise<HealthReport> {
    const nodes = this.database.health();
    const checks = {
      database: await this.passes('database', async () => (await nodes).primary),
      redis: await this.passes('redis', () => this.redis.isUp()),
      pool: await this.passes('pool', async () => (await nodes).reads),
    };
    const healthy = Object.values(checks).every(Boolean);
    return { status: healthy ? 'healthy' : 'unhealthy', checks, timestamp: new Date().toISOString() };
  }

  /** Whether traffic should come here. Without the primary it should: reads go on. */
  async ready(): Promise<boolean> {
    if (this.readiness.draining) return false;
    const [redis, pool] = await Promise.all([
      this.passes('redis', () => this.redis.isUp()),
      this.passes('pool', async () => (await this.database.health()).reads),
    ]);
    return redis && pool;
  }

  private async passes(key: string, check: () => Promise<boolean>): Promise<boolean> {
    try {
      await this.terminus.check([
        async () => {
          const indicator = this.indicators.check(key);
          return (await check()) ? indicator.up() : indicator.down();
        },
      ]);
      return true;
    } catch {
      return false; // Terminus throws for a check that is down; which one it was is in the report.
    }
  }
}
