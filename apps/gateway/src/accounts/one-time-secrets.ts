import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ONE_TIME_TOKEN_PREFIX } from '@techze/contracts';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';

/** What a one-time token is good for. */
export type TokenPurpose = 'invitation' | 'password_reset';

/**
 * One-time tokens are derived under a server key and never stored: a mail that is sent again, by whichever gateway, holds
 * the same one, and a database that was stolen holds none.
 */
@Injectable()
export class OneTimeSecrets {
  constructor(@Inject(gatewayConfig.token) private readonly config: Pick<GatewayConfig, 'refreshKey'>) {}

  tokenOf(purpose: TokenPurpose, id: string): string {
    return `${ONE_TIME_TOKEN_PREFIX}${this.derive(`one-time-token.${purpose}.${id}`)}`;
  }

  /** Stands for a password where a request is remembered: a plain hash of it could be guessed. */
  fingerprint(password: string): string {
    return this.derive(`password-fingerprint.${password}`);
  }

  private derive(what: string): string {
    return createHmac('sha256', this.config.refreshKey).update(what).digest('base64url');
  }
}
