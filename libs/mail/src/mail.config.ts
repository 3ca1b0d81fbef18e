import { defineSection } from '@techze/config';
import { z } from 'zod';

/** How mails leave, and what they say of where they come from. */
export interface OutgoingMail {
  /** smtp: or smtps: with the log-in in it, or file: and a folder. */
  readonly url: string;
  readonly from: string;
  /** What links in mails begin with; ends with a slash. */
  readonly appUrl: string;
}

export interface MailConfig {
  /** null: this installation sends no mails. */
  readonly outgoing: OutgoingMail | null;
}

export const mailConfig = defineSection(
  'mail',
  {
    MAIL_URL: z
      .string()
      .refine(isMailUrl, 'must be smtp://user:password@host:587, smtps://user:password@host:465 or file:/folder')
      .optional()
      .describe(
        'Where mails go: smtp://user:password@host:587 (STARTTLS), smtps://…:465, or file:/folder for .eml files. Not set: none are sent, and whoever invites is shown the token. It holds a password: mount it as MAIL_URL_FILE.',
      ),
    MAIL_FROM: z.email('must be an e-mail address').optional().describe('Address that mails come from.'),
    APP_URL: z
      .string()
      .refine(isWebUrl, 'must be the URL of the web application, such as https://app.example.com')
      .optional()
      .describe('URL of the web application: what links in mails begin with.'),
  },
  ({ MAIL_URL, MAIL_FROM, APP_URL }, context): MailConfig => {
    if (MAIL_URL === undefined) return { outgoing: null };
    if (MAIL_FROM === undefined || APP_URL === undefined) {
      for (const [name, value] of Object.entries({ MAIL_FROM, APP_URL }))
        if (value === undefined)
          context.addIssue({ code: 'custom', path: [name], message: 'is missing: MAIL_URL is set, so mails are sent' });
      return z.NEVER;
    }
    return { outgoing: { url: MAIL_URL, from: MAIL_FROM, appUrl: APP_URL.endsWith('/') ? APP_URL : `${APP_URL}/` } };
  },
);

function isMailUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, username, password } = new URL(text);
  if (protocol === 'file:') return hostname === '' && pathname.length > 1;
  return ['smtp:', 'smtps:'].includes(protocol) && hostname !== '' && isDecodable(username) && isDecodable(password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Without a query or a fragment of its own: links put theirs there. */
function isWebUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { search, hash } = new URL(text);
  return search === '' && hash === '';
}
