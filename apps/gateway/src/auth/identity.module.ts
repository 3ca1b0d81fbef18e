import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AuditModule } from '@techze/audit';
import { GatewayLimitsModule } from '../limits/gateway-limits.module.js';
import { AuthController } from './auth.controller.js';
import { BearerStrategy } from './bearer.strategy.js';
import { DeviceCredentials } from './device-credentials.js';
import { IdentityService } from './identity.service.js';
import { JwksController } from './jwks.controller.js';
import { Passwords } from './passwords.js';
import { SessionRegistry } from './session-registry.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsRepository } from './sessions.repository.js';

/** Accounts, sessions and tokens: what the gateway itself owns. */
@Module({
  imports: [PassportModule, AuditModule.forRoot(), GatewayLimitsModule],
  controllers: [AuthController, JwksController],
  providers: [
    IdentityService,
    SessionsRepository,
    SessionRegistry,
    SessionTokens,
    Passwords,
    DeviceCredentials,
    BearerStrategy,
  ],
})
export class IdentityModule {}
