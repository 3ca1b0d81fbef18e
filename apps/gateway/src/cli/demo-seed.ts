import { Injectable } from '@nestjs/common';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import { Passwords } from '../auth/passwords.js';
import type { DemoTenant, DemoUser } from './demo-accounts.js';

/** Puts demo accounts into the database; what is there already gets the password that the caller knows. */
@Injectable()
export class DemoSeed {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
  ) {}

  /** @returns the tenant as it stands: one that an earlier installation left in this database keeps its ids */
  async plant(tenant: DemoTenant): Promise<DemoTenant> {
    const known = await Promise.all(tenant.users.map((user) => this.findId(user.email)));
    const id = known.find((account) => account !== undefined)?.tenant_id ?? tenant.id;
    const users = tenant.users.map((user, index) => ({ ...user, id: known[index]?.id ?? user.id }));
    const hashes = await Promise.all(users.map((user) => this.passwords.hash(user.password)));
    await this.database.as({ role: 'service', claims: { tenant_id: id, role: 'admin' } }).write(async (manager) => {
      await manager.query('insert into tenants (id, name) values ($1, $2) on conflict (id) do nothing', [
        id,
        tenant.name,
      ]);
      for (const [index, user] of users.entries()) await this.plantUser(manager, id, user, hashes[index] ?? '');
    });
    return { ...tenant, id, users };
  }

  private async plantUser(
    manager: EntityManager,
    tenantId: string,
    user: DemoUser,
    passwordHash: string,
  ): Promise<void> {
    const [, updated] = await manager.query<[unknown, number]>(
      'update users set password_hash = $3 where tenant_id = $1 and id = $2',
      [tenantId, user.id, passwordHash],
    );
    if (updated > 0) return;
    await manager.query(
      'insert into users (id, tenant_id, email, name, role, password_hash) values ($1, $2, $3, $4, $5, $6)',
      [user.id, tenantId, user.email, user.name, user.role, passwordHash],
    );
  }

  private async findId(email: string): Promise<{ id: string; tenant_id: string } | undefined> {
    // The primary, inside a write: a replica may not have heard of an account that was made a moment ago.
    const [row] = await this.database
      .as({ role: 'service', claims: null })
      .write((manager) =>
        manager.query<{ id: string; tenant_id: string }[]>('select id, tenant_id from auth.login_lookup($1)', [email]),
      );
    return row;
  }
}
