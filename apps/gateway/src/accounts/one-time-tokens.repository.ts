import { Injectable } from '@nestjs/common';
import type { SignedInUser } from '@techze/contracts';
import { Database } from '@techze/database';
import { runWith } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import type { TokenPurpose } from './one-time-secrets.js';

/** Over for this long, a token is of no interest to anybody. */
const KEPT_DAYS = 7;

export interface NewToken {
  readonly tenant_id: string;
  readonly id: string;
  readonly user_id: string;
  readonly purpose: TokenPurpose;
  readonly token_hash: string;
  readonly lifetime_hours: number;
  readonly mailed: boolean;
}

/** Where a token is. */
export interface TokenPlace {
  readonly tenant_id: string;
  readonly id: string;
  readonly user_id: string;
  readonly purpose: TokenPurpose;
}

/** Whose a token is that can be used. */
export type TokenOwner = SignedInUser & { readonly tenant_name: string };

/** One-time tokens as rows. */
@Injectable()
export class OneTimeTokensRepository {
  constructor(private readonly database: Database) {}

  /** Makes a token; the older one of its user and purpose is worth nothing from now on. @returns when it ends */
  async make(manager: EntityManager, token: NewToken): Promise<Date> {
    const { tenant_id, id, user_id, purpose, token_hash, lifetime_hours, mailed } = token;
    await this.holdOwner(manager, tenant_id, user_id);
    await this.endAll(manager, tenant_id, user_id, [purpose]);
    await manager.query(
      `delete from one_time_tokens
       where tenant_id = $1 and user_id = $2 and ended_at is not null and expires_at < now() - make_interval(days => $3)`,
      [tenant_id, user_id, KEPT_DAYS],
    );
    const [row] = await manager.query<{ expires_at: Date }[]>(
      `insert into one_time_tokens (tenant_id, id, user_id, purpose, token_hash, expires_at, mail_due_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(hours => $6), case when $7::boolean then now() end)
       returning expires_at`,
      [tenant_id, id, user_id, purpose, token_hash, lifetime_hours, mailed],
    );
    return row!.expires_at;
  }

  async exists(manager: EntityManager, tenantId: string, id: string): Promise<boolean> {
    const found = await manager.query<unknown[]>('select 1 from one_time_tokens where tenant_id = $1 and id = $2', [
      tenantId,
      id,
    ]);
    return found.length > 0;
  }

  /** What lives of a user's tokens is worth nothing from now on, and is mailed no more. */
  async endAll(
    manager: EntityManager,
    tenantId: string,
    userId: string,
    purposes: readonly TokenPurpose[] = ['invitation', 'password_reset'],
  ): Promise<void> {
    await manager.query(
      `update one_time_tokens set ended_at = now(), mail_due_at = null
       where tenant_id = $1 and user_id = $2 and purpose = any ($3::text[]) and ended_at is null`,
      [tenantId, userId, purposes],
    );
  }

  /** Runs before anybody is known, by exact hash. */
  async find(tokenHash: string): Promise<TokenPlace | undefined> {
    const nobody = this.database.as({ role: 'service', claims: null });
    const [row] = await runWith({ readPrimary: true }, () =>
      nobody.read((manager) =>
        manager.query<TokenPlace[]>('select tenant_id, id, user_id, purpose from auth.one_time_token_lookup($1)', [
          tokenHash,
        ]),
      ),
    );
    return row;
  }

  /** Whose it is, if it lives, and neither account nor tenant is kept out. */
  async findOwner(manager: EntityManager, { tenant_id, id }: TokenPlace): Promise<TokenOwner | undefined> {
    const [row] = await manager.query<TokenOwner[]>(
      `select u.id, u.tenant_id, u.email, u.name, u.role, o.name as tenant_name
       from one_time_tokens t
       join users u on u.tenant_id = t.tenant_id and u.id = t.user_id and u.disabled_at is null
       join tenants o on o.id = t.tenant_id and o.suspended_at is null
       where t.tenant_id = $1 and t.id = $2 and t.ended_at is null and t.expires_at > now()`,
      [tenant_id, id],
    );
    return row;
  }

  /** Spends it. @returns false when somebody else did, or it ended meanwhile */
  async use(manager: EntityManager, { tenant_id, id }: TokenPlace): Promise<boolean> {
    const [, used] = await manager.query<[unknown[], number]>(
      `update one_time_tokens set used_at = now(), ended_at = now(), mail_due_at = null
       where tenant_id = $1 and id = $2 and ended_at is null and expires_at > now()`,
      [tenant_id, id],
    );
    return used === 1;
  }

  /**
   * Until the user may be made another token of that purpose, if it is so many an hour. Who wants to make one at the same
   * time waits until this transaction ends, and counts what it made.
   * @returns 0 when one may be made now
   */
  async secondsUntilNext(
    manager: EntityManager,
    { tenant_id, user_id, purpose }: Omit<TokenPlace, 'id'>,
    anHour: number,
  ): Promise<number> {
    await this.holdOwner(manager, tenant_id, user_id);
    const [row] = await manager.query<{ seconds: number }[]>(
      `select ceil(extract(epoch from created_at + interval '1 hour' - clock_timestamp()))::int as seconds
       from one_time_tokens where tenant_id = $1 and user_id = $2 and purpose = $3
       order by created_at desc offset $4 limit 1`,
      [tenant_id, user_id, purpose, anHour - 1],
    );
    return Math.max(row?.seconds ?? 0, 0);
  }

  /** Two that make a token for one user at once take turns, and the later one wins. */
  private async holdOwner(manager: EntityManager, tenantId: string, userId: string): Promise<void> {
    await manager.query('select 1 from users where tenant_id = $1 and id = $2 for update', [tenantId, userId]);
  }
}
