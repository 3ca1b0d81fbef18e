import { Module } from '@nestjs/common';
import { BreakerResets } from './breaker-resets.js';
import { PoolController } from './pool.controller.js';

/** What operators see of the database's pools, and do to them. */
@Module({ controllers: [PoolController], providers: [BreakerResets] })
export class PoolModule {}
