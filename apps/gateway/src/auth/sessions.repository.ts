import { Injectable } from '@nestjs/common';
import type { Principal, SignedInUser } from '@techze/contracts';
import { Database, type DatabaseSession } from '@techze/database';
import { runWith } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';
import { User } from './user.entity.js';

/** Absolute and idle life of a session (security.md, "Refresh"). */
const ABSOLUTE_DAYS = 30;
const IDLE_DAYS = 7;
const DAY_MS = 86_400_000;

/** What the login look-up tells, and nobody else may read. */
export interface LoginRow extends SignedInUser {
  readonly password_hash: string | null;
  readonly disabled_at: Date | null;
}

/** Whose a session is that stands. */
export interface LiveSession {
  readonly user_id: string;
  readonly role: SignedInUser['role'];
}

/** Accounts, sessions and refresh tokens as rows. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /** Runs before anybody is known: the look-up is a SECURITY DEFINER function that answers for one e-mail. */
  async findLogin(email: string): Promise<LoginRow | undefined> {
    const [row] = await this.readFresh(this.database.as({ role: 'service', claims: null }), (manager) =>
      manager.query<LoginRow[]>(
        'select id, tenant_id, email, name, role, password_hash, disabled_at from auth.login_lookup($1)',
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

  /** The session if it stands: neither revoked nor expired, of an account that is not disabled. */
  async findLive(tenantId: string, id: string): Promise<LiveSession | undefined> {
    const [row] = await this.readFresh(
      this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'admin' } }),
      (manager) =>
        manager.query<LiveSession[]>(
          `select s.user_id, u.role from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
         where s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`,
          [tenantId, id],
        ),
    );
    return row;
  }

  /** One write transaction as the tenant's identity service. */
  asTenant<T>(tenantId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'admin' } }).write(work);
  }

  findUser(manager: EntityManager, tenantId: string, id: string): Promise<User | null> {
    return manager.findOneBy(User, { tenant_id: tenantId, id });
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

  async touch(manager: EntityManager, session: Session): Promise<void> {
    const now = Date.now();
    const { tenant_id, id } = session;
    await manager.update(
      Session,
      { tenant_id, id },
      { last_used_at: new Date(now), idle_expires_at: new Date(now + IDLE_DAYS * DAY_MS) },
    );
  }

  async revoke(manager: EntityManager, tenantId: string, id: string, reason: string): Promise<void> {
    await manager.query(
      'update sessions set revoked_at = now(), revoked_reason = $3 where tenant_id = $1 and id = $2 and revoked_at is null',
      [tenantId, id, reason],
    );
  }

  async addToken(
    manager: EntityManager,
    token: Pick<RefreshToken, 'tenant_id' | 'token_hash' | 'session_id'>,
  ): Promise<void> {
    await manager.insert(RefreshToken, { ...token, created_at: new Date(), used_at: null });
  }

  findToken(manager: EntityManager, tenantId: string, tokenHash: string): Promise<RefreshToken | null> {
    return manager.findOneBy(RefreshToken, { tenant_id: tenantId, token_hash: tokenHash });
  }

  async spendToken(manager: EntityManager, { tenant_id, token_hash }: RefreshToken): Promise<void> {
    await manager.update(RefreshToken, { tenant_id, token_hash }, { used_at: new Date() });
  }

  /** Identity must not read yesterday's truth from a replica; while there is no primary, a replica is all there is. */
  private readFresh<T>(session: DatabaseSession, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return runWith({ readPrimary: true }, () => session.read(work));
  }
}
