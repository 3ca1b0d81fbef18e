import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { API_KEY_PREFIX } from '@techze/contracts';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';

/** The keys themselves. They are shown once; only their hashes are kept. */
@Injectable()
export class ApiKeySecrets {
  constructor(@Inject(gatewayConfig.token) private readonly config: Pick<GatewayConfig, 'refreshKey'>) {}

  /**
   * The key of that id, derived under a server key: a request repeated under its Idempotency-Key is answered with the same
   * key, though nobody has kept it.
   */
  keyOf(id: string): string {
    const secret = createHmac('sha256', this.config.refreshKey).update(`api-key.${id}`).digest('base64url');
    return `${API_KEY_PREFIX}${secret}`;
  }
}
