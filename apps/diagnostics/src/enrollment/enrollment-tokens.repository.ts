import { Injectable } from '@nestjs/common';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { orForeignKeyProblem } from '../customers-and-sites/foreign-key.js';
import { EnrollmentTokenRow } from './enrollment-token.entity.js';

/** Enrollment tokens as rows. */
@Injectable()
export class EnrollmentTokensRepository {
  /** @throws Problem `site-not-found` */
  async insert(manager: EntityManager, row: EnrollmentTokenRow): Promise<void> {
    await orForeignKeyProblem(manager.insert(EnrollmentTokenRow, row), 'site-not-found');
  }

  /** Held until the transaction ends: its uses are counted one at a time. */
  findToUse(manager: EntityManager, tenantId: string, hash: string): Promise<EnrollmentTokenRow | null> {
    return manager.findOne(EnrollmentTokenRow, {
      where: { tenant_id: tenantId, token_hash: hash },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** Held until the transaction ends. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<EnrollmentTokenRow | null> {
    return manager.findOne(EnrollmentTokenRow, {
      where: { tenant_id: tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async countUse(manager: EntityManager, { tenant_id, id, uses }: EnrollmentTokenRow, at: Date): Promise<void> {
    await manager.update(EnrollmentTokenRow, { tenant_id, id }, { uses: uses + 1, last_used_at: at });
  }

  async revoke(manager: EntityManager, { tenant_id, id }: EnrollmentTokenRow, at: Date): Promise<void> {
    await manager.update(EnrollmentTokenRow, { tenant_id, id }, { revoked_at: at });
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(manager: EntityManager, tenantId: string, limit: number, after?: PagePosition): Promise<EnrollmentTokenRow[]> {
    const query = manager.createQueryBuilder(EnrollmentTokenRow, 't').where('t.tenant_id = :tenantId', { tenantId });
    if (after) query.andWhere('(t.created_at, t.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('t.created_at', 'DESC')
      .addOrderBy('t.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}
