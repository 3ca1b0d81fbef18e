import { Injectable } from '@nestjs/common';
import { AuditRecorder, type AuditActor } from '@techze/audit';
import { newId, Problem, type Invitation } from '@techze/contracts';
import { Mailer } from '@techze/mail';
import type { EntityManager } from 'typeorm';
import { hashOfSecret } from '../auth/opaque-credentials.js';
import { OneTimeSecrets } from './one-time-secrets.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

/** Seven days: a holiday week. */
const LIFETIME_HOURS = 7 * 24;
/** Whoever invites one person more often than this floods somebody's inbox. */
const INVITATIONS_AN_HOUR = 5;

/** Who is invited: an account without a password. */
export interface Invited {
  readonly tenant_id: string;
  readonly id: string;
  readonly email: string;
}

/** An invitation as it may be kept: without its secret. */
export interface IssuedInvitation {
  readonly id: string;
  readonly expires_at: string;
  readonly sent_to: string | null;
}

/** Invites people who have an account but no password to choose one. */
@Injectable()
export class Invitations {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly secrets: OneTimeSecrets,
    private readonly mailer: Mailer,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * In the caller's transaction, which acts in the user's tenant as admin: the token, its mail, the audit row. An older
   * invitation ends. The mail leaves within seconds of the commit, at once when `AccountMails.wake()` is called then.
   * @param actor where the caller is nobody of that tenant: an operator, the command line
   */
  async invite(manager: EntityManager, user: Invited, actor?: AuditActor): Promise<IssuedInvitation> {
    const { tenant_id, id: user_id, email } = user;
    const id = newId('ott');
    const mailed = this.mailer.outgoing !== null;
    const token_hash = hashOfSecret(this.secrets.tokenOf('invitation', id));
    const made = { tenant_id, id, user_id, purpose: 'invitation', token_hash, mailed } as const;
    const expiresAt = await this.tokens.make(manager, { ...made, lifetime_hours: LIFETIME_HOURS });
    const invitation = { expires_at: expiresAt.toISOString(), sent_to: mailed ? email : null };
    await this.audit.record(manager, {
      event_type: 'USER_INVITED',
      resource_id: user_id,
      success: true,
      details: { email: invitation.sent_to, expires_at: invitation.expires_at },
      ...(actor && { actor }),
    });
    return { id, ...invitation };
  }

  /** @throws Problem `rate-limited` */
  async inviteAgain(manager: EntityManager, user: Invited): Promise<IssuedInvitation> {
    const { tenant_id, id: user_id } = user;
    const place = { tenant_id, user_id, purpose: 'invitation' } as const;
    const retryAfterSeconds = await this.tokens.secondsUntilNext(manager, place, INVITATIONS_AN_HOUR);
    if (retryAfterSeconds > 0) throw new Problem('rate-limited', { retryAfterSeconds });
    return this.invite(manager, user);
  }

  /** What whoever invited is shown: the token only where no mail brings it. */
  shown({ id, expires_at, sent_to }: IssuedInvitation): Invitation {
    return { expires_at, sent_to, ...(sent_to === null && { token: this.secrets.tokenOf('invitation', id) }) };
  }
}
