import { Injectable } from '@nestjs/common';
import type { Principal, SignedInUser } from '@techze/contracts';
import { Database, type DatabaseSession } from '@techze/database';
import { runWith } from '@techze/observability';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { RefreshToken } from './refresh-token.entity.js';
import { Session, type RevocationReason } from './session.entity.js';
import { User } from './user.entity.js';

/** Absolute and idle life of a session (security.md, "Refresh"). */
const ABSOLUTE_DAYS = 30;
const IDLE_DAYS = 7;
const DAY_MS = 86_400_000;
/** A spent token that comes again within this time is a race, later it is a theft. */
const GRACE_SECONDS = 10;

/** What the login look-up tells, and nobody else may read. */
export interface LoginRow extends SignedInUser {
  readonly password_hash: string | null;
  /** Since when the account, or its whole tenant, is kept out. */
  readonly disabled_at: Date | null;
  /** To the microsecond, which a Date does not hold. */
  readonly password_changed_at: string;
}

/** Whose a session is that stands. */
export interface LiveSession {
  readonly tenant_id: string;
  readonly user_id: string;
  readonly role: SignedInUser['role'];
}

/** What is told of a session to whose it is. */
export type StandingSession = Pick<
  Session,
  'id' | 'created_at' | 'last_used_at' | 'expires_at' | 'ip_address' | 'user_agent'
>;

/** Accounts, sessions and refresh tokens as rows. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /** Runs before anybody is known: the look-up is a SECURITY DEFINER function that answers for one e-mail. */
  async findLogin(email: string): Promise<LoginRow | undefined> {
    const [row] = await this.readFresh(this.database.as({ role: 'service', claims: null }), (manager) =>
      manager.query<LoginRow[]>(
        `select id, tenant_id, email, name, role, password_hash, disabled_at, password_changed_at::text
         from auth.account_lookup($1)`,
        [email],
      ),
    );
    return row;
  }

  /** The session of a refresh token, whoever's it is. */
  async findByRefreshToken(tokenHash: string): Promise<{ tenant_id: string; session_id: string } | undefined> {
    const [row] = await this.readFresh(this.database.as({ role: 'service', claims: null }), (manager) =>
      manager.query<{ tenant_id: string; session_id: string }[]>(
        'select tenant_id, session_id from auth.refresh_lookup($1)',
        [tokenHash],
      ),
    );
    return row;
  }

  /** The session if it stands: neither revoked nor expired, of an account and a tenant that are not kept out. */
  async findLive(tenantId: string, id: string): Promise<LiveSession | undefined> {
    const [row] = await this.readFresh(
      this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'admin' } }),
      (manager) =>
        manager.query<LiveSession[]>(
          `select s.tenant_id, s.user_id, u.role from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
           join tenants t on t.id = s.tenant_id
         where s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null
           and t.suspended_at is null`,
          [tenantId, id],
        ),
    );
    return row;
  }

  /** One write transaction as the tenant's identity service. */
  asTenant<T>(tenantId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'admin' } }).write(work);
  }

  /** The account, if neither it nor its tenant is kept out. */
  async findActiveUser(
    manager: EntityManager,
    tenantId: string,
    id: string,
  ): Promise<Pick<User, 'id' | 'role'> | undefined> {
    const [user] = await manager.query<Pick<User, 'id' | 'role'>[]>(
      `select u.id, u.role from users u join tenants t on t.id = u.tenant_id
       where u.tenant_id = $1 and u.id = $2 and u.disabled_at is null and t.suspended_at is null`,
      [tenantId, id],
    );
    return user;
  }

  /**
   * The account, if it is still what its password was compared with, held as it is until the transaction ends: who changes
   * it or its password waits, and then finds what this transaction did.
   * @param mode `update` where this transaction changes the account itself
   */
  async holdLogin(
    manager: EntityManager,
    { tenant_id, id, password_changed_at }: LoginRow,
    mode: 'share' | 'update' = 'share',
  ): Promise<Pick<User, 'role'> | undefined> {
    const [user] = await manager.query<Pick<User, 'role'>[]>(
      `select role from users where tenant_id = $1 and id = $2 and disabled_at is null
         and password_changed_at = $3::timestamptz for ${mode}`,
      [tenant_id, id, password_changed_at],
    );
    return user;
  }

  async findOwnUser({ tenant_id, sub }: Extract<Principal, { kind: 'user' }>): Promise<User | null> {
    return this.database.read((manager) => manager.findOneBy(User, { tenant_id, id: sub }));
  }

  async open(
    manager: EntityManager,
    session: Pick<Session, 'tenant_id' | 'id' | 'user_id' | 'ip_address' | 'user_agent'>,
  ): Promise<void> {
    const now = Date.now();
    await manager.insert(Session, {
      ...session,
      created_at: new Date(now),
      last_used_at: new Date(now),
      idle_expires_at: new Date(now + IDLE_DAYS * DAY_MS),
      expires_at: new Date(now + ABSOLUTE_DAYS * DAY_MS),
      revoked_at: null,
      revoked_reason: null,
    });
  }

  /** The session, locked: two refreshes of one session take turns. */
  lock(manager: EntityManager, tenantId: string, id: string): Promise<Session | null> {
    return manager.findOne(Session, { where: { tenant_id: tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  /** A person's sessions that stand, newest first; each ends at the earlier of its two ends. */
  listStanding(
    { tenant_id, sub }: Extract<Principal, { kind: 'user' }>,
    after: PagePosition | undefined,
    limit: number,
  ): Promise<StandingSession[]> {
    return this.database.read((manager) =>
      manager.query<StandingSession[]>(
        `select id, created_at, last_used_at, least(idle_expires_at, expires_at) as expires_at, ip_address, user_agent
         from sessions where tenant_id = $1 and user_id = $2 and revoked_at is null
           and least(idle_expires_at, expires_at) > now()
           and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::text))
         order by created_at desc, id desc limit $5`,
        [tenant_id, sub, after?.createdAt ?? null, after?.id ?? null, limit],
      ),
    );
  }

  async touch(manager: EntityManager, session: Session): Promise<void> {
    const now = Date.now();
    const { tenant_id, id } = session;
    await manager.update(
      Session,
      { tenant_id, id },
      { last_used_at: new Date(now), idle_expires_at: new Date(now + IDLE_DAYS * DAY_MS) },
    );
  }

  async revoke(manager: EntityManager, tenantId: string, id: string, reason: RevocationReason): Promise<void> {
    await manager.query(
      'update sessions set revoked_at = now(), revoked_reason = $3 where tenant_id = $1 and id = $2 and revoked_at is null',
      [tenantId, id, reason],
    );
  }

  /**
   * Holds all sessions of a person that stand, in the order in which `revokeAllOf` ends them.
   * @returns whether the caller's own is among them
   */
  async holdStanding(
    manager: EntityManager,
    { tenant_id, sub, sid }: Extract<Principal, { kind: 'user' }>,
  ): Promise<boolean> {
    const standing = await manager.query<{ id: string }[]>(
      'select id from sessions where tenant_id = $1 and user_id = $2 and revoked_at is null order by id for update',
      [tenant_id, sub],
    );
    return standing.some(({ id }) => id === sid);
  }

  /**
   * Ends every session of a person, or all but one; within a second no gateway lets their tokens in. Whoever changes the
   * account writes that first, in the same transaction: a log-in that is under way is then either seen here or refused.
   * @returns the sessions that ended: forget each of them in the `SessionRegistry` once the transaction is committed
   */
  async revokeAllOf(
    manager: EntityManager,
    tenantId: string,
    userId: string,
    reason: RevocationReason,
    { except }: { except?: string } = {},
  ): Promise<string[]> {
    // Locked in one order: two that end the same sessions do not wait crosswise.
    const [ended] = await manager.query<[{ id: string }[], number]>(
      `with standing as (
         select id from sessions where tenant_id = $1 and user_id = $2 and revoked_at is null and id is distinct from $4
         order by id for update)
       update sessions s set revoked_at = now(), revoked_reason = $3 from standing
       where s.tenant_id = $1 and s.id = standing.id returning s.id`,
      [tenantId, userId, reason, except ?? null],
    );
    return ended.map(({ id }) => id);
  }

  /** @returns how many sessions of whichever tenant were removed: they have been over for a week */
  async purge(rowsMax: number): Promise<number> {
    const [row] = await this.database
      .as({ role: 'service', claims: null })
      .write((manager) => manager.query<{ purged: number }[]>('select auth.purge_sessions($1) as purged', [rowsMax]));
    return row?.purged ?? 0;
  }

  async addToken(
    manager: EntityManager,
    token: Pick<RefreshToken, 'tenant_id' | 'token_hash' | 'session_id'>,
  ): Promise<void> {
    await manager.insert(RefreshToken, { ...token, created_at: new Date(), used_at: null });
  }

  /** By the database's clock: two gateways' clocks may differ by more than the grace. */
  async findToken(
    manager: EntityManager,
    tenantId: string,
    tokenHash: string,
  ): Promise<'unspent' | 'just spent' | 'spent' | undefined> {
    const [token] = await manager.query<{ state: 'unspent' | 'just spent' | 'spent' }[]>(
      `select case when used_at is null then 'unspent'
           when used_at > clock_timestamp() - make_interval(secs => $3) then 'just spent' else 'spent' end as state
         from refresh_tokens where tenant_id = $1 and token_hash = $2`,
      [tenantId, tokenHash, GRACE_SECONDS],
    );
    return token?.state;
  }

  async spendToken(manager: EntityManager, tenantId: string, tokenHash: string): Promise<void> {
    await manager.query(
      'update refresh_tokens set used_at = clock_timestamp() where tenant_id = $1 and token_hash = $2',
      [tenantId, tokenHash],
    );
  }

  /** Identity must not read yesterday's truth from a replica; while there is no primary, a replica is all there is. */
  private readFresh<T>(session: DatabaseSession, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return runWith({ readPrimary: true }, () => session.read(work));
  }
}
