import { Module } from '@nestjs/common';
import { UsageUpkeep } from './usage-upkeep.js';

/** What the gateway counts, for analytics to read. */
@Module({ providers: [UsageUpkeep] })
export class UsageModule {}
