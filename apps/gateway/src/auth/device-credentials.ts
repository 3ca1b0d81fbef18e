import { Injectable } from '@nestjs/common';
import { SignedContexts } from '@techze/auth';
import { DEVICE_CREDENTIAL_PREFIX, Problem, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { runWith } from '@techze/observability';
import { hashOfSecret } from '../enrollment/enrollment-secrets.js';
import { TrustedAnswers } from './trusted-answers.js';

const CREDENTIAL = new RegExp(`^${DEVICE_CREDENTIAL_PREFIX}[A-Za-z0-9_-]{43}$`);

/** Whose a credential is that lives. */
interface LivingCredential {
  readonly tenant_id: string;
  readonly device_id: string;
}

/** Agents by the credential that they carry; inside the suite they travel under a context that the gateway signs for them. */
@Injectable()
export class DeviceCredentials {
  private readonly answers = new TrustedAnswers<LivingCredential>();

  constructor(
    private readonly database: Database,
    private readonly contexts: SignedContexts,
  ) {}

  /** @throws Problem `invalid-token` when it is unknown or revoked, `service-unavailable` when nobody can tell */
  async authenticate(credential: string): Promise<{ principal: Principal; token: string }> {
    if (!CREDENTIAL.test(credential)) throw new Problem('invalid-token');
    const hash = hashOfSecret(credential);
    const living = await this.answers.find(hash, () => this.ask(hash));
    if (!living) throw new Problem('invalid-token');
    const { tenant_id, device_id } = living;
    const principal: Principal = { kind: 'agent', tenant_id, device_id, role: 'agent' };
    return { principal, token: await this.contexts.mint(principal) };
  }

  /** Asked of the primary while there is one: a replica may not have heard of a revocation. */
  private async ask(hash: string): Promise<LivingCredential | undefined> {
    const nobody = this.database.as({ role: 'service', claims: null });
    const [row] = await runWith({ readPrimary: true }, () =>
      nobody.read((manager) =>
        manager.query<LivingCredential[]>('select tenant_id, device_id from auth.device_credential_lookup($1)', [hash]),
      ),
    );
    return row;
  }
}

/** Whether a bearer token claims to be one. */
export function isDeviceCredential(token: string): boolean {
  return token.startsWith(DEVICE_CREDENTIAL_PREFIX);
}
