import { Injectable } from '@nestjs/common';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import type { TokenPurpose } from './one-time-secrets.js';

/** Longer than a mail may take: who has not said by then how it went is not there any more. */
const SENDING_SECONDS = 60;

/** Where a mail is due. */
export interface DueMail {
  readonly tenant_id: string;
  readonly id: string;
}

/** What one gateway is to send now. */
export interface ClaimedMail extends DueMail {
  readonly purpose: TokenPurpose;
  readonly email: string;
  readonly tenant_name: string;
  readonly attempts: number;
}

/** Mails that wait: columns of the tokens that they carry. */
@Injectable()
export class DueMailsRepository {
  constructor(private readonly database: Database) {}

  /** Across tenants it is told only where one is due; the primary alone knows. */
  async list(limit: number): Promise<DueMail[]> {
    const nobody = this.database.as({ role: 'service', claims: null });
    return nobody.write((manager) =>
      manager.query<DueMail[]>('select tenant_id, id from auth.mail_lookup($1)', [limit]),
    );
  }

  /**
   * Takes it: for the next minute it is due to nobody else. Of a token that ended, or of somebody who is kept out, no mail
   * is sent any more.
   */
  claim({ tenant_id, id }: DueMail): Promise<ClaimedMail | undefined> {
    return this.inTenant(tenant_id, async (manager) => {
      const [[mail]] = await manager.query<[(ClaimedMail & { wanted: boolean })[], number]>(
        `update one_time_tokens t set mail_attempts = t.mail_attempts + 1,
           mail_due_at = case when ${WANTED} then now() + make_interval(secs => $3) end
         from users u, tenants o
         where t.tenant_id = $1 and t.id = $2 and t.mail_due_at <= now()
           and u.tenant_id = $1 and u.id = t.user_id and o.id = $1
         returning t.tenant_id, t.id, t.purpose, t.mail_attempts as attempts, u.email,
           o.name as tenant_name, ${WANTED} as wanted`,
        [tenant_id, id, SENDING_SECONDS],
      );
      if (!mail?.wanted) return undefined;
      const { wanted: _wanted, ...claimed } = mail;
      return claimed;
    });
  }

  async sent({ tenant_id, id }: DueMail): Promise<void> {
    await this.inTenant(tenant_id, (manager) =>
      manager.query(
        'update one_time_tokens set mail_sent_at = now(), mail_due_at = null where tenant_id = $1 and id = $2',
        [tenant_id, id],
      ),
    );
  }

  async failed({ tenant_id, id }: DueMail, againInSeconds: number): Promise<void> {
    await this.inTenant(tenant_id, (manager) =>
      manager.query(
        `update one_time_tokens set mail_due_at = now() + make_interval(secs => $3)
         where tenant_id = $1 and id = $2 and mail_due_at is not null`,
        [tenant_id, id, againInSeconds],
      ),
    );
  }

  private inTenant<T>(tenantId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'admin' } }).write(work);
  }
}

const WANTED = `(t.ended_at is null and t.expires_at > now() and u.disabled_at is null and o.suspended_at is null)`;
