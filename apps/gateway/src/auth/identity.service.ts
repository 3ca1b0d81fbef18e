import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  newId,
  Problem,
  SYSTEM_TENANT_ID,
  type LoginRequest,
  type LoginResponse,
  type Principal,
  type SignedInUser,
  type TokenPair,
} from '@techze/contracts';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { SessionWrites } from '../edge/session-writes.js';
import { AccountThrottle } from '../limits/account-throttle.js';
import { Passwords } from './passwords.js';
import { SessionRegistry } from './session-registry.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsRepository, type LoginRow } from './sessions.repository.js';

type User = Extract<Principal, { kind: 'user' }>;

/** A session that began, and the token that goes on with it. */
export interface OpenedSession {
  readonly user: User;
  readonly refreshToken: string;
}

/** Who is who: login, refresh with rotation, logout. */
@Injectable()
export class IdentityService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly registry: SessionRegistry,
    private readonly tokens: SessionTokens,
    private readonly audit: AuditRecorder,
    private readonly passwords: Passwords,
    private readonly throttle: AccountThrottle,
    private readonly writes: SessionWrites,
  ) {}

  /** The same answer, after the same work, for an unknown, a wrong, a disabled and a suspended tenant's account. */
  async logIn({ email, password }: LoginRequest): Promise<LoginResponse> {
    await this.throttle.admit(email);
    const account = await this.sessions.findLogin(email);
    const matches = await this.passwords.matches(account?.password_hash ?? undefined, password);
    if (!account || !matches || account.disabled_at !== null) {
      await this.recordFailure(account);
      throw new Problem('invalid-credentials');
    }
    const opened = await this.sessions.asTenant(account.tenant_id, async (manager) => {
      const held = await this.sessions.holdLogin(manager, account);
      return held && this.open(manager, { ...account, role: held.role });
    });
    if (!opened) {
      await this.recordFailure(account);
      throw new Problem('invalid-credentials');
    }
    return this.welcome(account, opened);
  }

  /** In the caller's transaction, which holds the account and has made sure that the person may: a session, on record. */
  async open(manager: EntityManager, { tenant_id, id, role }: SignedInUser): Promise<OpenedSession> {
    const sid = newId('ses');
    const refreshToken = this.tokens.first();
    const { ipAddress: ip_address = null, userAgent: user_agent = null } = currentContext() ?? {};
    await this.sessions.open(manager, { tenant_id, id: sid, user_id: id, ip_address, user_agent });
    await this.sessions.addToken(manager, { tenant_id, session_id: sid, token_hash: this.tokens.hash(refreshToken) });
    await this.audit.record(manager, {
      event_type: 'LOGIN_SUCCEEDED',
      resource_id: id,
      success: true,
      details: { session_id: sid },
      actor: { tenant_id, actor_type: 'user', user_id: id },
    });
    return { user: { kind: 'user', tenant_id, sub: id, sid, role }, refreshToken };
  }

  /** What the person is answered, behind the commit. */
  async welcome(account: SignedInUser, { user, refreshToken }: OpenedSession): Promise<LoginResponse> {
    await this.noteCommit(user);
    const pair = await this.tokens.pair(user, refreshToken);
    const { id, email, name, tenant_id } = account;
    return { ...pair, user: { id, email, name, role: user.role, tenant_id } };
  }

  /** Spends a refresh token for its child and a new access token. */
  async refresh(refreshToken: string): Promise<TokenPair> {
    const tokenHash = this.tokens.hash(refreshToken);
    const found = await this.sessions.findByRefreshToken(tokenHash);
    if (!found) throw new Problem('invalid-refresh-token');
    const { tenant_id, session_id } = found;
    const outcome = await this.sessions.asTenant(tenant_id, async (manager) => {
      const session = await this.sessions.lock(manager, tenant_id, session_id);
      const token = await this.sessions.findToken(manager, tenant_id, tokenHash);
      if (!session || !token || session.revoked_at !== null) return 'refused';
      const now = Date.now();
      if (session.expires_at.getTime() <= now || session.idle_expires_at.getTime() <= now) return 'refused';
      const user = await this.sessions.findActiveUser(manager, tenant_id, session.user_id);
      if (!user) return 'refused';
      const child = this.tokens.child(refreshToken, session_id);
      const childHash = this.tokens.hash(child);
      if (token === 'unspent') {
        await this.sessions.spendToken(manager, tenant_id, tokenHash);
        await this.sessions.addToken(manager, { tenant_id, session_id, token_hash: childHash });
        await this.sessions.touch(manager, session);
      } else if (token === 'just spent') {
        // Under another AUTH_REFRESH_KEY the child was another one, which nobody can derive any more.
        if (!(await this.sessions.findToken(manager, tenant_id, childHash))) return 'refused';
      } else {
        await this.sessions.revoke(manager, tenant_id, session_id, 'refresh_reuse');
        await this.audit.record(manager, {
          event_type: 'REFRESH_REUSE',
          resource_id: session_id,
          success: false,
          details: { session_id },
          actor: { tenant_id, actor_type: 'user', user_id: user.id },
        });
        return 'reused';
      }
      return { user, child };
    });
    if (typeof outcome === 'string') {
      this.registry.forget(session_id);
      throw new Problem('invalid-refresh-token');
    }
    const { id: sub, role } = outcome.user;
    const user: User = { kind: 'user', tenant_id, sub, sid: session_id, role };
    await this.noteCommit(user);
    return this.tokens.pair(user, outcome.child);
  }

  /** Ends the caller's session, and the one of the refresh token it brings, if that is another one of its own. */
  async logOut(caller: User, refreshToken?: string): Promise<void> {
    const { tenant_id, sub, sid } = caller;
    const other =
      refreshToken === undefined ? undefined : await this.sessions.findByRefreshToken(this.tokens.hash(refreshToken));
    const candidates = [sid, ...(other?.tenant_id === tenant_id && other.session_id !== sid ? [other.session_id] : [])];
    const ended = await this.sessions.asTenant(tenant_id, async (manager) => {
      const own: string[] = [];
      // In one order: two log-outs that name each other's session do not wait crosswise.
      for (const id of candidates.sort()) {
        const session = await this.sessions.lock(manager, tenant_id, id);
        if (session?.user_id === sub) own.push(id);
      }
      for (const id of own) await this.sessions.revoke(manager, tenant_id, id, 'logout');
      await this.audit.record(manager, {
        event_type: 'LOGOUT',
        resource_id: sub,
        success: true,
        details: { session_ids: own },
      });
      return own;
    });
    for (const id of ended) this.registry.forget(id);
  }

  async whoIs(caller: User): Promise<SignedInUser> {
    const user = await this.sessions.findOwnUser(caller);
    if (!user) throw new Problem('invalid-token');
    const { id, email, name, role, tenant_id } = user;
    return { id, email, name, role, tenant_id };
  }

  /** The request began as nobody's: what the session reads next, from whichever gateway, shows what was written now. */
  private async noteCommit(user: User): Promise<void> {
    const { lsn } = currentContext()?.commits ?? {};
    if (lsn !== undefined) await this.writes.note(user, lsn);
  }

  /** In a transaction of its own, before the answer; unknown accounts are the installation's matter. */
  private async recordFailure(account: LoginRow | undefined): Promise<void> {
    const tenantId = account?.tenant_id ?? SYSTEM_TENANT_ID;
    await this.sessions.asTenant(tenantId, (manager) =>
      this.audit.record(manager, {
        event_type: 'LOGIN_FAILED',
        resource_id: account?.id ?? null,
        success: false,
        details: {},
        actor: { tenant_id: tenantId, actor_type: account ? 'user' : 'anonymous', user_id: account?.id ?? null },
      }),
    );
  }
}
