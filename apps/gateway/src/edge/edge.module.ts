import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { GatewayLimitsModule } from '../limits/gateway-limits.module.js';
import { AccessGuard } from './access.guard.js';
import { RequestContextInterceptor } from './request-context.interceptor.js';
import { SessionWrites } from './session-writes.js';

/** What every request of the gateway passes through. */
@Module({
  imports: [GatewayLimitsModule],
  providers: [
    SessionWrites,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: RequestContextInterceptor },
  ],
  exports: [SessionWrites],
})
export class EdgeModule {}
