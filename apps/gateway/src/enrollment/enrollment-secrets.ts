import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DEVICE_CREDENTIAL_PREFIX, ENROLLMENT_TOKEN_PREFIX } from '@techze/contracts';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';

const SECRET_BYTES = 32;

/** The secrets of enrollment: 32 bytes each, base64url. They are shown once; only their hashes leave the edge. */
@Injectable()
export class EnrollmentSecrets {
  constructor(@Inject(gatewayConfig.token) private readonly config: Pick<GatewayConfig, 'refreshKey'>) {}

  /**
   * The token of that id, derived under a server key: a request repeated under its Idempotency-Key is answered with the
   * same token, though nobody has kept it.
   */
  tokenOf(id: string): string {
    const secret = createHmac('sha256', this.config.refreshKey).update(`enrollment-token.${id}`).digest('base64url');
    return `${ENROLLMENT_TOKEN_PREFIX}${secret}`;
  }

  newCredential(): string {
    return `${DEVICE_CREDENTIAL_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  }
}
