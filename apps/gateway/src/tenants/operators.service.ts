import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { newUuid, Problem, SYSTEM_TENANT_ID, type CreateTenant, type Invitation } from '@techze/contracts';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { Invitations } from '../accounts/invitations.js';
import { firstAccount } from './first-account.js';
import { insideTenant, OPERATORS } from './tenant-claims.js';
import { actorIn } from './tenants.service.js';

export interface Operator {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly state: 'active' | 'invited' | 'disabled';
}

export interface InvitedOperator {
  readonly operator: Pick<Operator, 'id' | 'email' | 'name'>;
  readonly invitation: Invitation;
}

/** The installation has an operator already, who may make others. */
export class OperatorExists extends Error {}

/** Makes operators and takes them away. Only whoever holds the gateway's log-in to the database gets here: no route does. */
@Injectable()
export class OperatorsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly invitations: Invitations,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * An account without a password, and the token to choose one with. Who was invited before and has not come is invited
   * anew; the older token is worth nothing then.
   * @param force also where somebody is an operator already
   * @throws OperatorExists, Problem `user-exists`
   */
  bootstrap({ email, name }: CreateTenant['admin'], force = false): Promise<InvitedOperator> {
    return this.inSystem(async (manager) => {
      // One at a time: two could not both be the first.
      await manager.query(`select pg_advisory_xact_lock(hashtextextended('operators', 0))`);
      const operators = await this.all(manager);
      if (!force && operators.some((each) => stateOf(each) === 'active')) throw new OperatorExists();
      const waiting = operators.find((each) => each.email === email && stateOf(each) === 'invited');
      const person = waiting ?? { id: newUuid(), email, name };
      if (!waiting) {
        await this.accounts.insert(manager, firstAccount(person, SYSTEM_TENANT_ID, 'operator'), null);
        await this.record(manager, 'USER_CREATED', person.id, { email, name, role: 'operator' });
      }
      const actor = actorIn(SYSTEM_TENANT_ID);
      const issued = await this.invitations.invite(manager, { ...person, tenant_id: SYSTEM_TENANT_ID }, actor);
      const operator = { id: person.id, email, name: person.name };
      return { operator, invitation: this.invitations.shown(issued) };
    });
  }

  list(): Promise<Operator[]> {
    return this.inSystem(async (manager) => {
      const operators = await this.all(manager);
      return operators.map((each) => ({ id: each.id, email: each.email, name: each.name, state: stateOf(each) }));
    });
  }

  /** Its sessions are worth nothing within a second. @throws Problem `user-not-found` */
  disable(email: string): Promise<void> {
    return this.inSystem(async (manager) => {
      const row = (await this.all(manager)).find((each) => each.email === email);
      if (!row) throw new Problem('user-not-found');
      if (row.disabled_at !== null) return;
      const now = new Date();
      await this.accounts.update(manager, { ...row, disabled_at: now, version: row.version + 1, updated_at: now });
      await this.record(manager, 'USER_UPDATED', row.id, { before: { disabled: false }, after: { disabled: true } });
    });
  }

  private inSystem<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.as(OPERATORS).write((manager) => insideTenant(manager, SYSTEM_TENANT_ID, () => work(manager)));
  }

  private all(manager: EntityManager): Promise<Account[]> {
    return manager.find(Account, {
      where: { tenant_id: SYSTEM_TENANT_ID, role: 'operator' },
      order: { created_at: 'ASC', id: 'ASC' },
    });
  }

  private record(
    manager: EntityManager,
    event_type: 'USER_CREATED' | 'USER_UPDATED',
    resource_id: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const actor = actorIn(SYSTEM_TENANT_ID);
    return this.audit.record(manager, { event_type, resource_id, success: true, details, actor });
  }
}

function stateOf({ disabled_at, has_password }: Account): Operator['state'] {
  if (disabled_at !== null) return 'disabled';
  return has_password ? 'active' : 'invited';
}
