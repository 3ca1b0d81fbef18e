import { Injectable } from '@nestjs/common';
import { SignedContexts } from '@techze/auth';
import { API_KEY_PREFIX, Problem, type KeyRole, type KeyScope, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { OpaqueCredentials } from '../auth/opaque-credentials.js';
import { ApiKeyUses } from './api-key-uses.js';
import { SourceAddresses } from './source-addresses.js';

interface LookedUp {
  readonly tenant_id: string;
  readonly id: string;
  readonly role: KeyRole;
  readonly scopes: KeyScope[];
  readonly source_addresses: string[];
  readonly expires_at: Date | null;
}

/** Whose a key is that lives, and where and until when. */
interface LivingKey {
  readonly principal: Extract<Principal, { kind: 'api_key' }>;
  readonly sources: SourceAddresses;
  readonly expiresAtMs: number;
}

/** Machines by the API key that they carry; inside the suite they travel under a context that the gateway signs for them. */
@Injectable()
export class ApiKeyCredentials {
  private readonly credentials: OpaqueCredentials<LookedUp, LivingKey>;

  constructor(
    database: Database,
    private readonly contexts: SignedContexts,
    private readonly uses: ApiKeyUses,
  ) {
    this.credentials = new OpaqueCredentials(database, {
      prefix: API_KEY_PREFIX,
      lookUp: 'select tenant_id, id, role, scopes, source_addresses, expires_at from auth.api_key_lookup($1)',
      toLiving,
    });
  }

  /**
   * @param address where the request came from
   * @throws Problem `invalid-token` whatever is wrong with the key or with where it comes from, `service-unavailable` when
   * nobody can tell
   */
  async authenticate(key: string, address: string): Promise<{ principal: Principal; token: string }> {
    const { principal, sources, expiresAtMs } = await this.credentials.whose(key);
    // The answer may be almost a second old; the clock is not.
    if (expiresAtMs <= Date.now() || !sources.include(address)) throw new Problem('invalid-token');
    this.uses.note(principal, address);
    return { principal, token: await this.contexts.mint(principal) };
  }

  forget(hash: string): void {
    this.credentials.forget(hash);
  }
}

/** Whether a bearer token claims to be one. */
export function isApiKey(token: string): boolean {
  return token.startsWith(API_KEY_PREFIX);
}

function toLiving({ tenant_id, id, role, scopes, source_addresses, expires_at }: LookedUp): LivingKey {
  return {
    principal: { kind: 'api_key', tenant_id, key_id: id, role, scopes },
    sources: new SourceAddresses(source_addresses),
    expiresAtMs: expires_at?.getTime() ?? Infinity,
  };
}
