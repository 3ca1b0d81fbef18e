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

  findByHash(manager: EntityManager, tenantId: string, hash: string): Promise<EnrollmentTokenRow | null> {
    return manager.findOneBy(EnrollmentTokenRow, { tenant_id: tenantId, token_hash: hash });
  }

  /** Held until the transaction ends. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<EnrollmentTokenRow | null> {
    return manager.findOne(EnrollmentTokenRow, {
      where: { tenant_id: tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /**
   * Counts a use (or none, for an answer that was lost), if the token still stands. Its row is locked from here to the end
   * of the transaction, so this comes last: whoever else enrolls with it waits no longer than that.
   */
  async use(manager: EntityManager, { tenant_id, id }: EnrollmentTokenRow, uses: 0 | 1, at: Date): Promise<boolean> {
    const [, used] = await manager.query<[unknown, number]>(
      `update enrollment_tokens set uses = uses + $3, last_used_at = $4
       where tenant_id = $1 and id = $2 and uses + $3 <= max_uses and revoked_at is null and expires_at > $4`,
      [tenant_id, id, uses, at],
    );
    return used > 0;
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
