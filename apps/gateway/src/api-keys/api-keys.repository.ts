import { Injectable } from '@nestjs/common';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { ApiKeyRow } from './api-key.entity.js';

/** API keys as rows. */
@Injectable()
export class ApiKeysRepository {
  async insert(manager: EntityManager, row: ApiKeyRow): Promise<void> {
    await manager.insert(ApiKeyRow, row);
  }

  /** Whoever else makes a key of the tenant waits until the transaction ends: two could not both be the last one. */
  async lockTenant(manager: EntityManager, tenantId: string): Promise<void> {
    await manager.query('select 1 from tenants where id = $1 for no key update', [tenantId]);
  }

  async countLiving(manager: EntityManager, tenantId: string): Promise<number> {
    const [row] = await manager.query<{ living: number }[]>(
      `select count(*)::int as living from api_keys
       where tenant_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
      [tenantId],
    );
    return row?.living ?? 0;
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<ApiKeyRow | null> {
    return manager.findOneBy(ApiKeyRow, { tenant_id: tenantId, id });
  }

  /** Held until the transaction ends. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<ApiKeyRow | null> {
    return manager.findOne(ApiKeyRow, { where: { tenant_id: tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  async revoke(manager: EntityManager, { tenant_id, id }: ApiKeyRow, at: Date): Promise<void> {
    await manager.update(ApiKeyRow, { tenant_id, id }, { revoked_at: at });
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(manager: EntityManager, tenantId: string, limit: number, after?: PagePosition): Promise<ApiKeyRow[]> {
    const query = manager.createQueryBuilder(ApiKeyRow, 'k').where('k.tenant_id = :tenantId', { tenantId });
    if (after) query.andWhere('(k.created_at, k.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('k.created_at', 'DESC')
      .addOrderBy('k.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}
