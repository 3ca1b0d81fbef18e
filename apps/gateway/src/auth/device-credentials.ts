import { Injectable } from '@nestjs/common';
import { SignedContexts } from '@techze/auth';
import { DEVICE_CREDENTIAL_PREFIX, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { OpaqueCredentials } from './opaque-credentials.js';

/** Whose a credential is that lives. */
interface LivingCredential {
  readonly tenant_id: string;
  readonly device_id: string;
}

/** Agents by the credential that they carry; inside the suite they travel under a context that the gateway signs for them. */
@Injectable()
export class DeviceCredentials {
  private readonly credentials: OpaqueCredentials<LivingCredential>;

  constructor(
    database: Database,
    private readonly contexts: SignedContexts,
  ) {
    this.credentials = new OpaqueCredentials(database, {
      prefix: DEVICE_CREDENTIAL_PREFIX,
      lookUp: 'select tenant_id, device_id from auth.agent_lookup($1)',
      toLiving: (row) => row,
    });
  }

  /** @throws Problem `invalid-token` when it is unknown or revoked, `service-unavailable` when nobody can tell */
  async authenticate(credential: string): Promise<{ principal: Principal; token: string }> {
    const { tenant_id, device_id } = await this.credentials.whose(credential);
    const principal: Principal = { kind: 'agent', tenant_id, device_id, role: 'agent' };
    return { principal, token: await this.contexts.mint(principal) };
  }
}

/** Whether a bearer token claims to be one. */
export function isDeviceCredential(token: string): boolean {
  return token.startsWith(DEVICE_CREDENTIAL_PREFIX);
}
