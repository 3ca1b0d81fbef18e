import { setTimeout } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { newId, newUuid, SYSTEM_TENANT_ID } from '@techze/contracts';
import { Mailer } from '@techze/mail';
import { continueTrace, currentContext, Logger, runInContext } from '@techze/observability';
import { hashOfSecret } from '../auth/opaque-credentials.js';
import { SessionsRepository } from '../auth/sessions.repository.js';
import { AccountThrottle } from '../limits/account-throttle.js';
import { AccountMails } from './account-mails.js';
import { OneTimeSecrets } from './one-time-secrets.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { PasswordResetRequestsRepository, type ResetRequest } from './password-reset-requests.repository.js';

const LIFETIME_HOURS = 1;
/** Whoever asks more often than this floods somebody's inbox. */
const MAILS_AN_HOUR = 5;
/** How long a request waits whose gateway died. */
const POLL_MS = 5_000;
/** Nobody waits for it any more; so long it may take all the same. */
const PATIENCE_MS = 10_000;

/**
 * Lets people who forgot their password choose another one. Whoever asks is answered as soon as the wish is written down,
 * which is the same work for every address: whether there is such an account is looked up behind the answer.
 */
@Injectable()
export class PasswordResets implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private running: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    private readonly requests: PasswordResetRequestsRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly secrets: OneTimeSecrets,
    private readonly sessions: SessionsRepository,
    private readonly throttle: AccountThrottle,
    private readonly mails: AccountMails,
    private readonly mailer: Mailer,
    private readonly audit: AuditRecorder,
    logger: Logger,
  ) {
    this.logger = logger.named('password-resets');
  }

  onModuleInit(): void {
    this.running = this.followUp();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.running, ...this.underWay]);
  }

  /** @throws Problem `rate-limited`, for an address that nobody has just the same */
  async request(email: string): Promise<void> {
    // Apart from log-in's: nobody is kept from logging in by somebody who asks for mails.
    await this.throttle.admit(`password reset of ${email}`);
    const request = { id: newId('ott'), email };
    await this.requests.add(request);
    const work = this.fulfil(request)
      .catch((err: unknown) => this.logger.warn('a password reset waits for its second try', { err }))
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  /** What a gateway that died left behind. */
  private async followUp(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const errors = await this.round();
      if (errors.length > 0 && !this.failing)
        this.logger.error('password resets that were left behind wait', { failed: errors.length, err: errors[0] });
      this.failing = errors.length > 0;
      // Rejects only because the process stops.
      await setTimeout(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One that fails holds up no other. @returns why not all of them are done */
  private async round(): Promise<unknown[]> {
    const errors: unknown[] = [];
    try {
      const given = await this.requests.giveUp();
      if (given > 0) this.logger.error('password resets were given up after an hour of trying', { requests: given });
      for (const request of await this.requests.left()) {
        if (this.stopping.signal.aborted) break;
        await this.fulfil(request).catch((error: unknown) => errors.push(error));
      }
    } catch (error) {
      errors.push(error);
    }
    return errors;
  }

  /** May be done twice, by two gateways at once: the token has the request's id. */
  private async fulfil(request: ResetRequest): Promise<void> {
    const context = currentContext() ?? { requestId: newUuid(), trace: continueTrace(undefined) };
    // The request's own deadline is over with its answer.
    await runInContext({ ...context, deadline: Date.now() + PATIENCE_MS }, () => this.decide(request));
    await this.requests.done(request);
    this.mails.wake();
  }

  private async decide({ id, email }: ResetRequest): Promise<void> {
    const account = await this.sessions.findLogin(email);
    const tenant_id = account?.tenant_id ?? SYSTEM_TENANT_ID;
    const able = account !== undefined && account.password_hash !== null && account.disabled_at === null;
    await this.sessions.asTenant(tenant_id, async (manager) => {
      const user_id = account?.id ?? null;
      const purpose = 'password_reset';
      const mailed = this.mailer.outgoing !== null;
      const token_hash = hashOfSecret(this.secrets.tokenOf(purpose, id));
      const granted =
        able &&
        mailed &&
        (await this.tokens.secondsUntilNext(manager, { tenant_id, user_id: account.id, purpose }, MAILS_AN_HOUR)) ===
          0 &&
        !(await this.tokens.exists(manager, tenant_id, id));
      if (granted) {
        const token = { tenant_id, id, user_id: account.id, purpose, token_hash, mailed } as const;
        await this.tokens.make(manager, { ...token, lifetime_hours: LIFETIME_HOURS });
      }
      await this.audit.record(manager, {
        event_type: 'USER_PASSWORD_RESET_REQUESTED',
        resource_id: user_id,
        success: granted,
        details: {},
        actor: { tenant_id, actor_type: 'anonymous', user_id: null },
      });
    });
  }
}
