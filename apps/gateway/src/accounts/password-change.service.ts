import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { Problem, type ChangePassword, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { runWith } from '@techze/observability';
import { Passwords } from '../auth/passwords.js';
import { SessionRegistry } from '../auth/session-registry.js';
import { SessionsRepository } from '../auth/sessions.repository.js';
import { AccountThrottle } from '../limits/account-throttle.js';
import { AccountsRepository } from './accounts.repository.js';
import { requireGoodPassword } from './good-password.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

/** A person changes its own password. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly sessions: SessionsRepository,
    private readonly registry: SessionRegistry,
    private readonly passwords: Passwords,
    private readonly throttle: AccountThrottle,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * All sessions but the caller's end. Guesses of the current password count as log-ins to that account do. Whatever
   * ended the caller's right while passwords were hashed (a reset, a log-out, an admin) stands.
   * @throws Problem `validation-failed`, which points at the password that is not right; `invalid-token`
   */
  async change(caller: Extract<Principal, { kind: 'user' }>, body: ChangePassword): Promise<void> {
    const { tenant_id, sub, sid } = caller;
    // Not from a replica: an e-mail that an admin has just put right is the one to find.
    const owner = await runWith({ readPrimary: true }, () =>
      this.database.read((manager) => this.accounts.findOwner(manager, tenant_id, sub)),
    );
    if (!owner) throw new Problem('invalid-token');
    await this.throttle.admit(owner.email);
    const account = await this.sessions.findLogin(owner.email);
    const own = account?.id === sub ? account : undefined;
    const matches = await this.passwords.matches(own?.password_hash, body.current_password);
    if (!own || !matches) {
      await this.database.write((manager) => this.record(manager, sub, false, { reason: 'wrong_current_password' }));
      throw fault('/current_password', 'is not your current password');
    }
    if (body.new_password === body.current_password)
      throw fault('/new_password', 'is your current password: take another one');
    requireGoodPassword(body.new_password, '/new_password', owner);
    const hash = await this.passwords.hash(body.new_password);
    const ended = await this.database.write(async (manager) => {
      if (!(await this.sessions.holdLogin(manager, own, 'update'))) throw new Problem('invalid-token');
      if (!(await this.sessions.holdStanding(manager, caller))) throw new Problem('invalid-token');
      await this.accounts.setPassword(manager, tenant_id, sub, hash);
      await this.tokens.endAll(manager, tenant_id, sub);
      const ids = await this.sessions.revokeAllOf(manager, tenant_id, sub, 'password_changed', { except: sid });
      await this.record(manager, sub, true, { ended_sessions: ids.length });
      return ids;
    });
    for (const id of ended) this.registry.forget(id);
  }

  private record(
    manager: Parameters<AuditRecorder['record']>[0],
    resource_id: string,
    success: boolean,
    details: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(manager, { event_type: 'USER_PASSWORD_CHANGED', resource_id, success, details });
  }
}

function fault(pointer: string, detail: string): Problem {
  return new Problem('validation-failed', { errors: [{ pointer, detail }] });
}
