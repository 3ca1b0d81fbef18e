import { Injectable } from '@nestjs/common';
import type { Principal } from '@techze/contracts';
import { SessionsRepository, type LiveSession } from './sessions.repository.js';
import { TrustedAnswers } from './trusted-answers.js';

/** Whose a session is, and in which role. */
@Injectable()
export class SessionRegistry {
  private readonly answers = new TrustedAnswers<LiveSession>();

  constructor(private readonly sessions: SessionsRepository) {}

  /** Whether the session stands and is this person's in this role: a token from before a change of role is worth nothing. */
  async isActive({ tenant_id, sid, sub, role }: Extract<Principal, { kind: 'user' }>): Promise<boolean> {
    const session = await this.answers.find(sid, () => this.sessions.findLive(tenant_id, sid));
    return session?.tenant_id === tenant_id && session.user_id === sub && session.role === role;
  }

  forget(sid: string): void {
    this.answers.forget(sid);
  }
}
