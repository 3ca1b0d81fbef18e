import { Injectable } from '@nestjs/common';
import { Problem, type ListUsersQuery } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import { QueryFailedError, type EntityManager } from 'typeorm';
import { Account } from './account.entity.js';

const UNIQUE_VIOLATION = '23505';

/** Accounts as rows. */
@Injectable()
export class AccountsRepository {
  /** @throws Problem `user-exists`, whoever's the e-mail is */
  async insert(manager: EntityManager, row: Omit<Account, 'has_password'>, passwordHash: string | null): Promise<void> {
    const { id, tenant_id, email, name, role, disabled_at, version, created_at, updated_at } = row;
    await orUserExists(
      manager.query(
        `insert into users (id, tenant_id, email, name, role, disabled_at, version, created_at, updated_at, password_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [id, tenant_id, email, name, role, disabled_at, version, created_at, updated_at, passwordHash],
      ),
    );
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<Account | null> {
    return manager.findOneBy(Account, { tenant_id: tenantId, id });
  }

  /**
   * Held until the transaction ends, with all accounts of the tenant: whether an admin is the last one is decided by one
   * at a time.
   */
  async findToChange(manager: EntityManager, tenantId: string, id: string): Promise<Account | null> {
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('accounts of ' || $1, 0))`, [tenantId]);
    return manager.findOne(Account, { where: { tenant_id: tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Whether anybody else could log in as an admin now. */
  async hasOtherAdmin(manager: EntityManager, { tenant_id, id }: Account): Promise<boolean> {
    const [other] = await manager.query<unknown[]>(
      `select 1 from users where tenant_id = $1 and id <> $2 and role = 'admin' and disabled_at is null and has_password
       limit 1`,
      [tenant_id, id],
    );
    return other !== undefined;
  }

  /** @throws Problem `user-exists`, whoever's the e-mail is */
  async update(manager: EntityManager, row: Account): Promise<void> {
    const { id, tenant_id, email, name, role, disabled_at, version, updated_at } = row;
    await orUserExists(
      manager.update(Account, { tenant_id, id }, { email, name, role, disabled_at, version, updated_at }),
    );
  }

  async delete(manager: EntityManager, { tenant_id, id }: Account): Promise<void> {
    await manager.delete(Account, { tenant_id, id });
  }

  /** What a new password must not be made of. */
  async findOwner(
    manager: EntityManager,
    tenantId: string,
    id: string,
  ): Promise<{ email: string; name: string; tenant_name: string } | undefined> {
    const [owner] = await manager.query<{ email: string; name: string; tenant_name: string }[]>(
      `select u.email, u.name, t.name as tenant_name from users u join tenants t on t.id = u.tenant_id
       where u.tenant_id = $1 and u.id = $2`,
      [tenantId, id],
    );
    return owner;
  }

  async findTenantName(manager: EntityManager, tenantId: string): Promise<string> {
    const [tenant] = await manager.query<{ name: string }[]>('select name from tenants where id = $1', [tenantId]);
    return tenant?.name ?? '';
  }

  async setPassword(
    manager: EntityManager,
    tenantId: string,
    id: string,
    passwordHash: string,
    name?: string,
  ): Promise<void> {
    await manager.query(
      `update users set password_hash = $3, name = coalesce($4, name), version = version + 1, updated_at = now()
       where tenant_id = $1 and id = $2`,
      [tenantId, id, passwordHash, name ?? null],
    );
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    { email, role, disabled }: Pick<ListUsersQuery, 'email' | 'role' | 'disabled'>,
    limit: number,
    after?: PagePosition,
  ): Promise<Account[]> {
    const query = manager.createQueryBuilder(Account, 'u').where('u.tenant_id = :tenantId', { tenantId });
    if (email !== undefined) query.andWhere('u.email = :email', { email });
    if (role !== undefined) query.andWhere('u.role = :role', { role });
    if (disabled !== undefined) query.andWhere(`u.disabled_at is ${disabled ? 'not null' : 'null'}`);
    if (after) query.andWhere('(u.created_at, u.id) < (:createdAt::timestamptz, :id::uuid)', after);
    return query
      .orderBy('u.created_at', 'DESC')
      .addOrderBy('u.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}

/**
 * An e-mail logs in to one account of the whole installation, so that one is taken cannot be hidden from whoever wants it.
 * What can be is whose it is: the answer for a colleague's and for another tenant's is the same.
 */
async function orUserExists<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    const state = error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
    throw state === UNIQUE_VIOLATION ? new Problem('user-exists') : error;
  }
}
