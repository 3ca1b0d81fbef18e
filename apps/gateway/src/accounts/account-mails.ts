import { setTimeout } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Mailer } from '@techze/mail';
import { Logger } from '@techze/observability';
import { DueMailsRepository, type ClaimedMail, type DueMail } from './due-mails.repository.js';
import { mailText } from './mail-texts.js';
import { OneTimeSecrets } from './one-time-secrets.js';

/** How long a mail waits whose gateway died before it sent it. */
const POLL_MS = 3_000;
const BATCH = 50;
/** Mails at a time: one that hangs holds up no other. */
const LANES = 4;
/** After the first failure, then three times as long each time, up to the last. */
const FIRST_PATIENCE_SECONDS = 5;
const LAST_PATIENCE_SECONDS = 15 * 60;
/** When the process stops. */
const LAST_WORDS_MS = 3_000;

/**
 * Sends the mails of one-time tokens, behind the requests that made them. Any number of gateways work side by side: each
 * mail is taken by one at a time, sent at least once, and tried for as long as its token lives.
 */
@Injectable()
export class AccountMails implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly cutting = new AbortController();
  private nudge = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private blind = false;

  constructor(
    private readonly mails: DueMailsRepository,
    private readonly secrets: OneTimeSecrets,
    private readonly mailer: Mailer,
    logger: Logger,
  ) {
    this.logger = logger.named('account-mails');
  }

  onModuleInit(): void {
    if (this.mailer.outgoing) this.running = this.run();
    else this.logger.warn('MAIL_URL is not set: invitations show their token, and nobody can reset a password by mail');
  }

  /** Finishes what is being sent while the database still stands; what a server does not take now, another gateway sends. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.nudge.abort();
    const late = globalThis.setTimeout(() => this.cutting.abort(), LAST_WORDS_MS);
    await this.running;
    clearTimeout(late);
  }

  /** A mail was committed just now. */
  wake(): void {
    this.nudge.abort();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      // Renewed before it is looked: what is committed while mails are sent is seen right after.
      this.nudge = new AbortController();
      const { signal } = this.nudge;
      await this.round();
      if (this.stopping.signal.aborted) return;
      // Rejects only because of a nudge.
      await setTimeout(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Never rejects. One line a change of state, not one a failure. */
  private async round(): Promise<void> {
    try {
      const due = await this.mails.list(BATCH);
      if (this.blind) this.logger.info('mails that are due can be seen again');
      this.blind = false;
      const lane = async () => {
        for (let mail = due.shift(); mail && !this.stopping.signal.aborted; mail = due.shift())
          await this.deliver(mail);
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    } catch (err) {
      if (!this.blind) this.logger.error('mails that are due cannot be seen; they wait', { err });
      this.blind = true;
    }
  }

  private async deliver(due: DueMail): Promise<void> {
    const mail = await this.mails.claim(due);
    if (!mail) return;
    try {
      await this.send(mail);
    } catch (error) {
      const againInSeconds = patience(mail.attempts);
      // A server's answer may quote the address: only its kind is logged.
      const reason = (error as { code?: unknown }).code ?? (error as Error).name;
      this.logger.warn('a mail was not taken; it is tried again', {
        mail: mail.id,
        reason,
        attempts: mail.attempts,
        again_in_seconds: againInSeconds,
      });
      await this.mails.failed(mail, againInSeconds);
      return;
    }
    await this.mails.sent(mail);
  }

  private async send({ id, purpose, email, tenant_name }: ClaimedMail): Promise<void> {
    const { outgoing } = this.mailer;
    if (!outgoing) return;
    const token = this.secrets.tokenOf(purpose, id);
    const text = mailText({ purpose, tenantName: tenant_name, appUrl: outgoing.appUrl, token });
    await this.mailer.send({ id, to: email, ...text }, this.cutting.signal);
  }
}

function patience(attempts: number): number {
  return Math.min(FIRST_PATIENCE_SECONDS * 3 ** (attempts - 1), LAST_PATIENCE_SECONDS);
}
