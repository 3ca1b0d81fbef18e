import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { layDown } from './file-drop.js';
import { mailConfig, type MailConfig, type OutgoingMail } from './mail.config.js';
import { smtpOptions } from './smtp-options.js';

/** A server that says something now and then must not hold us for good. */
const WHOLE_MS = 20_000;

/** One mail to one person. */
export interface Mail {
  /** The same whenever the same mail is sent again: what comes before the @ of its Message-ID. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mails by SMTP, or lays them down as files. */
@Injectable()
export class Mailer {
  readonly outgoing: OutgoingMail | null;

  constructor(@Inject(mailConfig.token) { outgoing }: MailConfig) {
    this.outgoing = outgoing;
  }

  /**
   * Within 20 seconds it is taken by the server, or nobody knows: then it is sent again.
   * @param signal gives it up before
   * @throws whatever went wrong
   */
  async send({ id, to, subject, text }: Mail, signal?: AbortSignal): Promise<void> {
    const { outgoing } = this;
    if (!outgoing) throw new Error('no mail is configured');
    const { url, from } = outgoing;
    const message = {
      from,
      // As an object it is never parsed as a list: one mail, one reader.
      to: { name: '', address: to },
      subject,
      text,
      messageId: `<${id}@${domainOf(from)}>`,
      // RFC 3834: holiday notices stay away.
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    if (url.startsWith('file:')) return layDown(url, id, message);
    const limit = AbortSignal.timeout(WHOLE_MS);
    const given = signal ? AbortSignal.any([limit, signal]) : limit;
    await createTransport(smtpOptions(url)).sendMail({ ...message, signal: given });
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
