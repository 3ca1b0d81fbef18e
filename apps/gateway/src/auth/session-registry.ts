import { Injectable } from '@nestjs/common';
import type { Principal } from '@techze/contracts';
import { SessionsRepository } from './sessions.repository.js';

/** A revocation holds everywhere within 1 s (security.md): nobody trusts an answer for longer than this. */
const TRUST_MS = 900;
const ENTRIES_MAX = 50_000;

interface Entry {
  readonly active: Promise<boolean>;
  readonly atMs: number;
}

/** Whether a session still stands, asked of the database at most about once a second for each session. */
@Injectable()
export class SessionRegistry {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly sessions: SessionsRepository) {}

  isActive(user: Extract<Principal, { kind: 'user' }>): Promise<boolean> {
    const known = this.entries.get(user.sid);
    if (known && Date.now() - known.atMs < TRUST_MS) return known.active;
    if (this.entries.size >= ENTRIES_MAX) this.entries.clear();
    const active = this.sessions.isActive(user);
    this.entries.set(user.sid, { active, atMs: Date.now() });
    // A database that cannot answer decides nothing: the next request asks again.
    active.catch(() => this.entries.delete(user.sid));
    return active;
  }

  forget(sid: string): void {
    this.entries.delete(sid);
  }
}
