import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedSuite, waitFor } from '@techze/testing';

const TOKEN = /tzo_[A-Za-z0-9_-]{43}/;

/** Mails to an address so far, oldest first, decoded. */
export function mailsTo(address: string): string[] {
  const { mail_dir } = sharedSuite();
  if (mail_dir === null) throw new Error('the suite lays no mails down');
  return readdirSync(mail_dir)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(mail_dir, name), 'utf8'))
    .filter((source) => source.includes(`\r\nTo: ${address}\r\n`))
    .map(decoded);
}

/** The token of the newest mail to an address, once there are so many. */
export async function mailedToken(address: string, mails = 1): Promise<string> {
  await waitFor(() => mailsTo(address).length >= mails, { timeoutMs: 10_000, what: `no mail ${mails} to ${address}` });
  const token = TOKEN.exec(mailsTo(address).at(-1) ?? '')?.[0];
  if (token === undefined) throw new Error('the mail holds no token');
  return token;
}

function decoded(source: string): string {
  const [head = '', ...body] = source.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (/^Content-Transfer-Encoding: base64/im.test(head)) return `${head}\n\n${Buffer.from(text, 'base64').toString()}`;
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) return source;
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_sign, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return `${head}\n\n${Buffer.from(bytes, 'latin1').toString()}`;
}
