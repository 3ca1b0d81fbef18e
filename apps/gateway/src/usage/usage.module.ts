import { Module } from '@nestjs/common';
import { UsageRecord } from './usage-record.js';
import { UsageRepository } from './usage.repository.js';

/** What each tenant asks of the gateway. */
@Module({ providers: [UsageRecord, UsageRepository] })
export class UsageModule {}
