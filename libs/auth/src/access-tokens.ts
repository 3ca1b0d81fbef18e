import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@techze/contracts';
import { authConfig, type AuthConfig } from './auth.config.js';
import { ACCESS_TOKEN_TYPE } from './token-claims.js';
import { TokenIssuer } from './token-issuer.js';

/** The tokens that people carry. Only the gateway's key makes them valid. */
@Injectable()
export class AccessTokens {
  readonly lifetimeSeconds: number;

  constructor(
    private readonly issuer: TokenIssuer,
    @Inject(authConfig.token) config: Pick<AuthConfig, 'accessTokenTtlSeconds'>,
  ) {
    this.lifetimeSeconds = config.accessTokenTtlSeconds;
  }

  issue({ sub, tenant_id, role, sid }: Extract<Principal, { kind: 'user' }>): Promise<string> {
    return this.issuer.sign(ACCESS_TOKEN_TYPE, { sub, tenant_id, role, sid }, this.lifetimeSeconds);
  }
}
