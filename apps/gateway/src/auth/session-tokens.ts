import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AccessTokens } from '@techze/auth';
import type { Principal, TokenPair } from '@techze/contracts';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';

/**
 * What a session hands out. A child refresh token is derived from its parent and its session under a server key,
 * so two requests that race with one token are given the same child, and only hashes are ever stored.
 */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly accessTokens: AccessTokens,
    @Inject(gatewayConfig.token) private readonly config: Pick<GatewayConfig, 'refreshKey'>,
  ) {}

  /** The refresh token that a login begins with: 256 random bits, base64url. */
  first(): string {
    return randomBytes(32).toString('base64url');
  }

  child(parent: string, sessionId: string): string {
    return createHmac('sha256', this.config.refreshKey).update(`${sessionId}.${parent}`).digest('base64url');
  }

  hash(refreshToken: string): string {
    return createHash('sha256').update(refreshToken).digest('base64url');
  }

  async pair(user: Extract<Principal, { kind: 'user' }>, refreshToken: string): Promise<TokenPair> {
    return {
      access_token: await this.accessTokens.issue(user),
      token_type: 'Bearer',
      expires_in: this.accessTokens.lifetimeSeconds,
      refresh_token: refreshToken,
    };
  }
}
