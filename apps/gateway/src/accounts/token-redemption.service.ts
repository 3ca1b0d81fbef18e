import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { Problem, type AcceptInvitation, type ConfirmPasswordReset, type LoginResponse } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { IdentityService } from '../auth/identity.service.js';
import { hashOfSecret } from '../auth/opaque-credentials.js';
import { Passwords } from '../auth/passwords.js';
import { SessionRegistry } from '../auth/session-registry.js';
import { SessionsRepository } from '../auth/sessions.repository.js';
import { AccountsRepository } from './accounts.repository.js';
import { requireGoodPassword } from './good-password.js';
import type { TokenPurpose } from './one-time-secrets.js';
import { OneTimeTokensRepository, type TokenOwner } from './one-time-tokens.repository.js';

interface Redemption {
  readonly purpose: TokenPurpose;
  readonly token: string;
  readonly password: string;
  /** Where the password stands in the request. */
  readonly pointer: string;
  readonly name?: string | undefined;
}

/** A one-time token is traded for a password of one's own: once, by whoever comes first. */
@Injectable()
export class TokenRedemption {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly accounts: AccountsRepository,
    private readonly sessions: SessionsRepository,
    private readonly registry: SessionRegistry,
    private readonly passwords: Passwords,
    private readonly identity: IdentityService,
    private readonly audit: AuditRecorder,
  ) {}

  /** Every session of the person ends. @throws Problem `invalid-one-time-token`, `validation-failed` */
  async confirmReset({ token, new_password }: ConfirmPasswordReset): Promise<void> {
    const redemption = { purpose: 'password_reset', token, password: new_password, pointer: '/new_password' } as const;
    await this.redeem(redemption, () => Promise.resolve());
  }

  /** And the person is logged in, in one with it. @throws Problem `invalid-one-time-token`, `validation-failed` */
  async accept({ token, password, name }: AcceptInvitation): Promise<LoginResponse> {
    const redemption = { purpose: 'invitation', token, password, pointer: '/password', name } as const;
    const [owner, opened] = await this.redeem(redemption, async (manager, person) => [
      person,
      await this.identity.open(manager, person),
    ]);
    return this.identity.welcome(owner, opened);
  }

  /** @param finish in the same transaction, with the person as it is now */
  private async redeem<T>(
    { purpose, token, password, pointer, name }: Redemption,
    finish: (manager: EntityManager, person: TokenOwner) => Promise<T>,
  ): Promise<T> {
    const place = await this.tokens.find(hashOfSecret(token));
    if (place?.purpose !== purpose) throw new Problem('invalid-one-time-token');
    const { tenant_id } = place;
    const owner = await this.sessions.asTenant(tenant_id, (manager) => this.tokens.findOwner(manager, place));
    if (!owner) throw new Problem('invalid-one-time-token');
    // A password that is refused costs no token.
    requireGoodPassword(password, pointer, { ...owner, ...(name !== undefined && { name }) });
    const hash = await this.passwords.hash(password);
    const [ended, finished] = await this.sessions.asTenant(tenant_id, async (manager) => {
      // The account first, as everybody does who changes it: nobody waits crosswise.
      await this.accounts.setPassword(manager, tenant_id, owner.id, hash, name);
      const person = await this.tokens.findOwner(manager, place);
      if (!person || !(await this.tokens.use(manager, place))) throw new Problem('invalid-one-time-token');
      await this.tokens.endAll(manager, tenant_id, owner.id);
      const ids = await this.sessions.revokeAllOf(manager, tenant_id, owner.id, 'password_reset');
      await this.audit.record(manager, {
        event_type: purpose === 'invitation' ? 'USER_INVITATION_ACCEPTED' : 'USER_PASSWORD_RESET',
        resource_id: owner.id,
        success: true,
        details: { ended_sessions: ids.length, ...(name !== undefined && { name }) },
        actor: { tenant_id, actor_type: 'user', user_id: owner.id },
      });
      return [ids, await finish(manager, person)] as const;
    });
    for (const id of ended) this.registry.forget(id);
    return finished;
  }
}
