import { Injectable } from '@nestjs/common';
import type { ListSitesQuery } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { orForeignKeyProblem } from './foreign-key.js';
import { SiteRow } from './site.entity.js';

/** Sites as rows. */
@Injectable()
export class SitesRepository {
  /** @throws Problem `customer-not-found` */
  async insert(manager: EntityManager, row: SiteRow): Promise<void> {
    await orForeignKeyProblem(manager.insert(SiteRow, row), 'customer-not-found');
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<SiteRow | null> {
    return manager.findOneBy(SiteRow, { tenant_id: tenantId, id });
  }

  /** Held until the transaction ends: nobody changes it in between. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<SiteRow | null> {
    return manager.findOne(SiteRow, { where: { tenant_id: tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  /** @throws Problem `customer-not-found` */
  async update(manager: EntityManager, { tenant_id, id, created_at: _made, ...row }: SiteRow): Promise<void> {
    await orForeignKeyProblem(manager.update(SiteRow, { tenant_id, id }, row), 'customer-not-found');
  }

  /** @throws Problem `site-in-use` while it has devices */
  async delete(manager: EntityManager, { tenant_id, id }: SiteRow): Promise<void> {
    await orForeignKeyProblem(manager.delete(SiteRow, { tenant_id, id }), 'site-in-use');
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    { q, customer_id }: Pick<ListSitesQuery, 'q' | 'customer_id'>,
    limit: number,
    after?: PagePosition,
  ): Promise<SiteRow[]> {
    const query = manager.createQueryBuilder(SiteRow, 's').where('s.tenant_id = :tenantId', { tenantId });
    if (customer_id !== undefined) query.andWhere('s.customer_id = :customer_id', { customer_id });
    if (q !== undefined)
      query.andWhere('(strpos(lower(s.name), :part) > 0 or strpos(lower(s.address), :part) > 0)', {
        part: q.toLowerCase(),
      });
    if (after) query.andWhere('(s.created_at, s.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('s.created_at', 'DESC')
      .addOrderBy('s.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}
