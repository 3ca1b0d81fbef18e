import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { AuditRecorder, type AuditActor } from '@techze/audit';
import {
  nameOf,
  newId,
  newUuid,
  Problem,
  requireVersion,
  SYSTEM_TENANT_ID,
  type AuditEventType,
  type ChangeTenant,
  type CreateTenant,
  type IfMatch,
  type ListTenantsQuery,
  type NewTenant,
  type Tenant,
  type TenantPage,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys, type Outcome } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import { Cursors, toPage } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { AccountMails } from '../accounts/account-mails.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { Invitations } from '../accounts/invitations.js';
import { firstAccount } from './first-account.js';
import { insideTenant, OPERATORS } from './tenant-claims.js';
import type { TenantRow } from './tenant.entity.js';
import { TenantsRepository } from './tenants.repository.js';

const LIST = 'tenants';
const TENANT_ID = /^tnt_(system|[0-9a-f]{32})$/;

/** What one edit does to a tenant, and what it is called in the audit. */
interface Edit {
  readonly event_type: AuditEventType;
  readonly change: Partial<Pick<TenantRow, 'name' | 'rate_limits' | 'suspended_at'>>;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What operators do with tenants. Each is on record in the system's tenant and in the one that it is about. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly tenants: TenantsRepository,
    private readonly accounts: AccountsRepository,
    private readonly invitations: Invitations,
    private readonly mails: AccountMails,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  /** The tenant, its first admin and the admin's invitation, or none of them. @throws Problem `user-exists` */
  async create(settings: CreateTenant): Promise<Outcome<NewTenant>> {
    const scope = { route: 'POST /api/v1/tenants', requestBody: settings, personal: true };
    const { value, replayed } = await this.database.as(OPERATORS).write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const row = newTenant(settings.name);
        const admin = { id: newUuid(), ...settings.admin };
        const { id: tenant_id } = row;
        const actor = actorIn(tenant_id);
        const invitation = await insideTenant(manager, tenant_id, async () => {
          await this.tenants.insert(manager, row);
          await this.accounts.insert(manager, firstAccount(admin, tenant_id, 'admin'), null);
          await this.record(manager, tenant_id, 'TENANT_CREATED', tenant_id, { name: row.name });
          await this.record(manager, tenant_id, 'USER_CREATED', admin.id, { ...settings.admin, role: 'admin' });
          return this.invitations.invite(manager, { tenant_id, id: admin.id, email: admin.email }, actor);
        });
        await this.record(manager, SYSTEM_TENANT_ID, 'TENANT_CREATED', tenant_id, { name: row.name });
        return { tenant: toTenant(row), admin, invitation };
      }),
    );
    this.mails.wake();
    const { tenant, admin, invitation } = value;
    return { value: { ...tenant, admin, invitation: this.invitations.shown(invitation) }, replayed };
  }

  async list({ limit, cursor }: ListTenantsQuery): Promise<TenantPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.as(OPERATORS).read((manager) => this.tenants.list(manager, limit, after));
    return toPage(rows.map(toTenant), limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at,
      id,
    }));
  }

  /** @throws Problem `tenant-not-found` */
  async find(id: string): Promise<Tenant> {
    requireTenantId(id);
    const row = await this.database.as(OPERATORS).read((manager) => this.tenants.find(manager, id));
    if (!row) throw new Problem('tenant-not-found');
    return toTenant(row);
  }

  /** @throws Problem `tenant-not-found`, `precondition-failed` */
  change(id: string, change: ChangeTenant, ifMatch: IfMatch): Promise<Tenant> {
    return this.edit(id, ifMatch, () => ({ event_type: 'TENANT_UPDATED', change, details: change }));
  }

  /**
   * None of its users, agents and keys is let in from now on, on any gateway, and its enrollment tokens let nobody in. What
   * it has stays. @throws Problem `tenant-not-found`, `tenant-not-suspendable`, `precondition-failed`
   */
  async suspend(id: string, ifMatch: IfMatch): Promise<Tenant> {
    if (id === SYSTEM_TENANT_ID) throw new Problem('tenant-not-suspendable');
    return this.edit(id, ifMatch, ({ suspended_at }) =>
      suspended_at ? undefined : { event_type: 'TENANT_SUSPENDED', change: { suspended_at: new Date() }, details: {} },
    );
  }

  /** Everybody is let in again, with the sessions, credentials and keys of before. */
  resume(id: string, ifMatch: IfMatch): Promise<Tenant> {
    return this.edit(id, ifMatch, ({ suspended_at }) =>
      suspended_at
        ? { event_type: 'TENANT_RESUMED', change: { suspended_at: null }, details: { suspended_at } }
        : undefined,
    );
  }

  /** @param judge yields what is to be done; nothing where it is so already */
  private async edit(id: string, ifMatch: IfMatch, judge: (row: TenantRow) => Edit | undefined): Promise<Tenant> {
    requireTenantId(id);
    return this.database.as(OPERATORS).write(async (manager) => {
      const [row, edit] = await insideTenant(manager, id, async () => {
        const before = await this.tenants.findToChange(manager, id);
        if (!before) throw new Problem('tenant-not-found');
        requireVersion(before.version, ifMatch);
        const judged = judge(before);
        if (!judged) return [before, undefined] as const;
        const change = { ...judged.change, version: before.version + 1, updated_at: new Date() };
        await this.tenants.update(manager, id, change);
        // The system's own trail is written once.
        if (id !== SYSTEM_TENANT_ID) await this.record(manager, id, judged.event_type, id, judged.details);
        return [{ ...before, ...change }, judged] as const;
      });
      if (edit) await this.record(manager, SYSTEM_TENANT_ID, edit.event_type, id, edit.details);
      return toTenant(row);
    });
  }

  private record(
    manager: EntityManager,
    tenantId: string,
    event_type: AuditEventType,
    resource_id: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.audit.record(manager, { event_type, resource_id, success: true, details, actor: actorIn(tenantId) });
  }
}

/** Who acts, as a tenant's trail tells it that he is none of. */
export function actorIn(tenant_id: string): AuditActor {
  const principal = currentContext()?.principal;
  assert(principal, 'nobody acts');
  return { tenant_id, actor_type: principal.kind, user_id: nameOf(principal) };
}

function requireTenantId(id: string): void {
  if (!TENANT_ID.test(id)) throw new Problem('tenant-not-found');
}

function newTenant(name: string): TenantRow {
  const now = new Date();
  return { id: newId('tnt'), name, rate_limits: {}, suspended_at: null, version: 1, created_at: now, updated_at: now };
}

function toTenant({ suspended_at, created_at, updated_at, ...row }: TenantRow): Tenant {
  return {
    ...row,
    suspended_at: suspended_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
