import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  newUuid,
  Problem,
  requireVersion,
  type ChangeUser,
  type CreateUser,
  type IfMatch,
  type Invitation,
  type ListUsersQuery,
  type NewUser,
  type Principal,
  type User,
  type UserPage,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Cursors, toPage } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { Passwords } from '../auth/passwords.js';
import type { RevocationReason } from '../auth/session.entity.js';
import { SessionRegistry } from '../auth/session-registry.js';
import { SessionsRepository } from '../auth/sessions.repository.js';
import { AccountMails } from './account-mails.js';
import type { Account } from './account.entity.js';
import { AccountsRepository } from './accounts.repository.js';
import { requireGoodPassword } from './good-password.js';
import { Invitations, type IssuedInvitation } from './invitations.js';
import { OneTimeSecrets } from './one-time-secrets.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

type Caller = Extract<Principal, { kind: 'user' }>;

const LIST = 'users';
const userId = z.uuid();

/** What a change did, and which sessions it ended. */
interface Edited<T> {
  readonly value: T;
  readonly ended: readonly string[];
}

/** Keeps a tenant's accounts. Every change is on record; what takes rights away ends the person's sessions. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly accounts: AccountsRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly secrets: OneTimeSecrets,
    private readonly invitations: Invitations,
    private readonly mails: AccountMails,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsRepository,
    private readonly registry: SessionRegistry,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `user-exists`, `validation-failed` for a password that anybody would guess */
  async create({ tenant_id }: Caller, body: CreateUser): Promise<{ user: NewUser; replayed: boolean }> {
    const { password, ...rest } = body;
    const hash = password === undefined ? null : await this.goodPassword(tenant_id, { ...rest, password });
    const requestBody = { ...rest, ...(password !== undefined && { password: this.secrets.fingerprint(password) }) };
    const scope = { route: 'POST /api/v1/users', requestBody, personal: true };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const now = new Date();
        const made = { ...rest, tenant_id, id: newUuid(), version: 1, created_at: now, updated_at: now };
        const row = { ...made, disabled_at: null, has_password: hash !== null };
        await this.accounts.insert(manager, row, hash);
        await this.record(manager, 'USER_CREATED', row.id, { after: rest });
        const invitation = hash === null ? await this.invitations.invite(manager, row) : null;
        return { user: toUser(row), invitation };
      }),
    );
    this.mails.wake();
    const { user, invitation } = value;
    return { user: { ...user, invitation: invitation && this.invitations.shown(invitation) }, replayed };
  }

  /** @throws Problem `user-not-found`, the same for an unknown id and for another tenant's */
  async get({ tenant_id }: Caller, id: string): Promise<User> {
    const row = userId.safeParse(id).success
      ? await this.database.read((manager) => this.accounts.find(manager, tenant_id, id))
      : null;
    if (!row) throw new Problem('user-not-found');
    return toUser(row);
  }

  async list({ tenant_id }: Caller, { limit, cursor, ...filters }: ListUsersQuery): Promise<UserPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) => this.accounts.list(manager, tenant_id, filters, limit, after));
    return toPage(rows.map(toUser), limit, LIST, this.cursors, ({ created_at, id }) => ({ createdAt: created_at, id }));
  }

  /** @throws Problem `user-not-found`, `precondition-failed`, `user-exists`, `last-admin` */
  change(caller: Caller, id: string, change: ChangeUser, ifMatch: IfMatch): Promise<User> {
    return this.edit(caller, id, ifMatch, { route: 'PATCH /api/v1/users/{id}', change }, async (manager, before) => {
      const { disabled, ...fields } = change;
      const disabled_at =
        disabled === undefined ? before.disabled_at : disabled ? (before.disabled_at ?? new Date()) : null;
      const after = { ...before, ...fields, disabled_at, version: before.version + 1, updated_at: new Date() };
      if (isAdmin(before) && !isAdmin(after)) await this.requireAnotherAdmin(manager, before);
      await this.accounts.update(manager, after);
      const disabledNow = before.disabled_at === null && disabled_at !== null;
      if (disabledNow || after.email !== before.email) await this.tokens.endAll(manager, after.tenant_id, id);
      const reason = disabledNow ? 'disabled' : after.role === before.role ? undefined : 'role_changed';
      const ended = await this.endSessions(manager, after, reason);
      const names = Object.keys(change) as (keyof ChangeUser)[];
      const details = { before: pick(toUser(before), names), after: pick(toUser(after), names) };
      await this.record(manager, 'USER_UPDATED', id, details);
      return { value: toUser(after), ended };
    });
  }

  /** @throws Problem `user-not-found`, `precondition-failed`, `last-admin` */
  remove(caller: Caller, id: string, ifMatch: IfMatch): Promise<null> {
    return this.edit(caller, id, ifMatch, { route: 'DELETE /api/v1/users/{id}' }, async (manager, row) => {
      if (isAdmin(row)) await this.requireAnotherAdmin(manager, row);
      const ended = await this.endSessions(manager, row, 'deleted');
      await this.accounts.delete(manager, row);
      await this.record(manager, 'USER_DELETED', id, { before: toUser(row) });
      return { value: null, ended };
    });
  }

  /**
   * Once more, with a new token: the older one is worth nothing.
   * @throws Problem `user-not-found`, `user-not-invited`, `rate-limited`
   */
  async invite({ tenant_id }: Caller, id: string): Promise<{ invitation: Invitation; replayed: boolean }> {
    if (!userId.safeParse(id).success) throw new Problem('user-not-found');
    const scope = { route: 'POST /api/v1/users/{id}/invitation', requestBody: { id }, personal: true };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once<IssuedInvitation>(manager, scope, async () => {
        const row = await this.accounts.findToChange(manager, tenant_id, id);
        if (!row) throw new Problem('user-not-found');
        if (row.has_password || row.disabled_at !== null) throw new Problem('user-not-invited');
        return this.invitations.inviteAgain(manager, row);
      }),
    );
    this.mails.wake();
    return { invitation: this.invitations.shown(value), replayed };
  }

  /** Once under its key, on the version that the caller has seen. */
  private async edit<T>(
    { tenant_id }: Caller,
    id: string,
    ifMatch: IfMatch,
    { route, ...request }: { route: string; change?: ChangeUser },
    work: (manager: EntityManager, row: Account) => Promise<Edited<T>>,
  ): Promise<T> {
    if (!userId.safeParse(id).success) throw new Problem('user-not-found');
    const ended: string[] = [];
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route, requestBody: { ...request, id, ifMatch } }, async () => {
        const row = await this.accounts.findToChange(manager, tenant_id, id);
        if (!row) throw new Problem('user-not-found');
        requireVersion(row.version, ifMatch);
        const edited = await work(manager, row);
        ended.push(...edited.ended);
        return edited.value;
      }),
    );
    for (const sid of ended) this.registry.forget(sid);
    return value;
  }

  private async endSessions(
    manager: EntityManager,
    { tenant_id, id }: Account,
    reason: RevocationReason | undefined,
  ): Promise<string[]> {
    return reason === undefined ? [] : this.sessions.revokeAllOf(manager, tenant_id, id, reason);
  }

  private async requireAnotherAdmin(manager: EntityManager, row: Account): Promise<void> {
    if (!(await this.accounts.hasOtherAdmin(manager, row))) throw new Problem('last-admin');
  }

  private async goodPassword(tenantId: string, { email, name, password }: Required<CreateUser>): Promise<string> {
    const tenant_name = await this.database.read((manager) => this.accounts.findTenantName(manager, tenantId));
    requireGoodPassword(password, '/password', { email, name, tenant_name });
    return this.passwords.hash(password);
  }

  private record(
    manager: EntityManager,
    event_type: 'USER_CREATED' | 'USER_UPDATED' | 'USER_DELETED',
    resource_id: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(manager, { event_type, resource_id, success: true, details });
  }
}

/** Whether the tenant could be looked after through this account now. */
function isAdmin({ role, disabled_at, has_password }: Account): boolean {
  return role === 'admin' && disabled_at === null && has_password;
}

function toUser({ id, email, name, role, disabled_at, has_password, version, created_at, updated_at }: Account): User {
  return {
    id,
    email,
    name,
    role,
    disabled: disabled_at !== null,
    invited: !has_password,
    version,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

function pick(user: User, names: readonly (keyof ChangeUser)[]): Partial<User> {
  return Object.fromEntries(names.map((name) => [name, user[name]]));
}
