import { Injectable } from '@nestjs/common';
import type { Principal } from '@techze/contracts';
import { SessionsRepository, type LiveSession } from './sessions.repository.js';

/** A revocation holds everywhere within 1 s (security.md): nobody trusts an answer for longer than this. */
const TRUST_MS = 800;
const ENTRIES_MAX = 50_000;

interface Entry {
  readonly session: Promise<LiveSession | undefined>;
  readonly atMs: number;
}

/** Whose a session is, and in which role, asked of the database at most about once a second for each session. */
@Injectable()
export class SessionRegistry {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly sessions: SessionsRepository) {}

  /** Whether the session stands and is this person's in this role: a token from before a change of role is worth nothing. */
  async isActive({ tenant_id, sid, sub, role }: Extract<Principal, { kind: 'user' }>): Promise<boolean> {
    const session = await this.find(tenant_id, sid);
    return session?.user_id === sub && session.role === role;
  }

  forget(sid: string): void {
    this.entries.delete(sid);
  }

  private find(tenantId: string, sid: string): Promise<LiveSession | undefined> {
    const known = this.entries.get(sid);
    if (known && Date.now() - known.atMs < TRUST_MS) return known.session;
    if (this.entries.size >= ENTRIES_MAX) this.entries.clear();
    const entry = { session: this.sessions.findLive(tenantId, sid), atMs: Date.now() };
    this.entries.set(sid, entry);
    // A database that cannot answer decides nothing: the next request asks again.
    entry.session.catch(() => {
      if (this.entries.get(sid) === entry) this.entries.delete(sid);
    });
    return entry.session;
  }
}
