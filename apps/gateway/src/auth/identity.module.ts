import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AuditModule } from '@techze/audit';
import { Cursors } from '@techze/paging';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { EdgeModule } from '../edge/edge.module.js';
import { GatewayLimitsModule } from '../limits/gateway-limits.module.js';
import { AuthController } from './auth.controller.js';
import { BearerStrategy } from './bearer.strategy.js';
import { DeviceCredentials } from './device-credentials.js';
import { IdentityService } from './identity.service.js';
import { JwksController } from './jwks.controller.js';
import { Passwords } from './passwords.js';
import { SessionRegistry } from './session-registry.js';
import { SessionTokens } from './session-tokens.js';
import { SessionUpkeep } from './session-upkeep.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** Accounts, sessions and tokens: what the gateway itself owns. */
@Module({
  imports: [ApiKeysModule, PassportModule, AuditModule.forRoot(), EdgeModule, GatewayLimitsModule],
  controllers: [AuthController, SessionsController, JwksController],
  providers: [
    IdentityService,
    SessionsRepository,
    SessionsService,
    SessionUpkeep,
    Cursors,
    SessionRegistry,
    SessionTokens,
    Passwords,
    DeviceCredentials,
    BearerStrategy,
  ],
  exports: [BearerStrategy, IdentityService, Passwords, SessionRegistry, SessionsRepository],
})
export class IdentityModule {}
