import { Module } from '@nestjs/common';
import { RateLimiter } from './rate-limiter.js';

/** The limiter of one process. */
@Module({ providers: [RateLimiter], exports: [RateLimiter] })
export class LimitsModule {}
