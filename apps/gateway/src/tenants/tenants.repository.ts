import { Injectable } from '@nestjs/common';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { TenantRow } from './tenant.entity.js';

/** Tenants as rows. Operators see all of them; written is inside the one that it is about. */
@Injectable()
export class TenantsRepository {
  async insert(manager: EntityManager, row: TenantRow): Promise<void> {
    await manager.insert(TenantRow, row);
  }

  find(manager: EntityManager, id: string): Promise<TenantRow | null> {
    return manager.findOneBy(TenantRow, { id });
  }

  /** Held until the transaction ends. */
  findToChange(manager: EntityManager, id: string): Promise<TenantRow | null> {
    return manager.findOne(TenantRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async update(
    manager: EntityManager,
    id: string,
    change: Partial<Pick<TenantRow, 'name' | 'rate_limits' | 'suspended_at'>> &
      Pick<TenantRow, 'version' | 'updated_at'>,
  ): Promise<void> {
    await manager.update(TenantRow, { id }, change);
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(manager: EntityManager, limit: number, after?: PagePosition): Promise<TenantRow[]> {
    const query = manager.createQueryBuilder(TenantRow, 't');
    if (after) query.where('(t.created_at, t.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('t.created_at', 'DESC')
      .addOrderBy('t.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}
