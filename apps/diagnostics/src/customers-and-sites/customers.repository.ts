import { Injectable } from '@nestjs/common';
import type { ListCustomersQuery } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { CustomerRow } from './customer.entity.js';
import { orForeignKeyProblem } from './foreign-key.js';

/** Customers as rows. */
@Injectable()
export class CustomersRepository {
  async insert(manager: EntityManager, row: CustomerRow): Promise<void> {
    await manager.insert(CustomerRow, row);
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<CustomerRow | null> {
    return manager.findOneBy(CustomerRow, { tenant_id: tenantId, id });
  }

  /** Held until the transaction ends: nobody changes it in between. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<CustomerRow | null> {
    return manager.findOne(CustomerRow, { where: { tenant_id: tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  async update(manager: EntityManager, { tenant_id, id, created_at: _made, ...row }: CustomerRow): Promise<void> {
    await manager.update(CustomerRow, { tenant_id, id }, row);
  }

  /** @throws Problem `customer-in-use` while it has sites */
  async delete(manager: EntityManager, { tenant_id, id }: CustomerRow): Promise<void> {
    await orForeignKeyProblem(manager.delete(CustomerRow, { tenant_id, id }), 'customer-in-use');
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    { q }: Pick<ListCustomersQuery, 'q'>,
    limit: number,
    after?: PagePosition,
  ): Promise<CustomerRow[]> {
    const query = manager.createQueryBuilder(CustomerRow, 'c').where('c.tenant_id = :tenantId', { tenantId });
    if (q !== undefined)
      query.andWhere('(strpos(lower(c.name), :part) > 0 or strpos(lower(c.contact_name), :part) > 0)', {
        part: q.toLowerCase(),
      });
    if (after) query.andWhere('(c.created_at, c.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('c.created_at', 'DESC')
      .addOrderBy('c.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}
