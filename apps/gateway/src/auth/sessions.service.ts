import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { idSchema, Problem, type ListSessionsQuery, type Principal, type SessionPage } from '@techze/contracts';
import { Cursors, toPage } from '@techze/paging';
import { SessionRegistry } from './session-registry.js';
import { SessionsRepository } from './sessions.repository.js';

type User = Extract<Principal, { kind: 'user' }>;

const LIST = 'sessions';
const SessionId = idSchema('ses');

/** What people see and end of their own sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly registry: SessionRegistry,
    private readonly audit: AuditRecorder,
    private readonly cursors: Cursors,
  ) {}

  async list(caller: User, { limit, cursor }: ListSessionsQuery): Promise<SessionPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.sessions.listStanding(caller, after, limit + 1);
    const views = rows.map(({ created_at, last_used_at, expires_at, ...rest }) => ({
      ...rest,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
      expires_at: expires_at.toISOString(),
      current: rest.id === caller.sid,
    }));
    return toPage(views, limit, LIST, this.cursors, ({ created_at, id }) => ({ createdAt: created_at, id }));
  }

  /** @throws Problem `session-not-found`, also when it is somebody else's */
  async revoke({ tenant_id, sub }: User, id: string): Promise<void> {
    if (!SessionId.safeParse(id).success) throw new Problem('session-not-found');
    await this.sessions.asTenant(tenant_id, async (manager) => {
      const session = await this.sessions.lock(manager, tenant_id, id);
      if (session?.user_id !== sub || session.revoked_at !== null) throw new Problem('session-not-found');
      await this.sessions.revoke(manager, tenant_id, id, 'revoked');
      await this.audit.record(manager, { event_type: 'SESSION_REVOKED', resource_id: id, success: true });
    });
    this.registry.forget(id);
  }

  async revokeOthers({ tenant_id, sub, sid }: User): Promise<void> {
    const ended = await this.sessions.asTenant(tenant_id, async (manager) => {
      const ids = await this.sessions.revokeAllOf(manager, tenant_id, sub, 'revoked', { except: sid });
      await this.audit.record(manager, {
        event_type: 'SESSION_REVOKED',
        resource_id: sub,
        success: true,
        details: { ended: ids.length, session_ids: ids },
      });
      return ids;
    });
    for (const id of ended) this.registry.forget(id);
  }
}
