import type { CreateDiagnostic, DiagnosticType } from '@techze/contracts';
import { lookOf, printable } from '../terminal/style.js';
import { readCredentials } from '../upload/credentials.js';
import { DiagnosticsApi, type StoredDiagnostic } from '../upload/diagnostics-api.js';
import type { RetryNotice } from '../upload/retry.js';
import { addressOf, isExposed, parseServerUrl } from '../upload/server-url.js';
import { renderVerdict } from '../verdict/render-verdict.js';
import { readMachine } from './collect.command.js';
import { checkSavePath, saveFile } from './save-file.js';
import type { Session } from './session.js';

export interface RunOptions {
  type: DiagnosticType;
  server?: string;
  json?: boolean;
  save?: string;
  notes?: string;
  tag?: string[];
}

function retryNotice({ tried, maxTries, reason, delayMs }: RetryNotice): string {
  return `Try ${tried} of ${maxTries} failed: ${printable(reason)}. Next in ${(delayMs / 1_000).toFixed(1)} s.\n`;
}

function printVerdict(session: Session, url: string, body: CreateDiagnostic, { diagnostic }: StoredDiagnostic): void {
  const facts = { url, hostname: body.device?.hostname, sections: diagnostic.sections ?? body.sections };
  session.stdout.write(renderVerdict(diagnostic, facts, lookOf(session.stdout, session.env)));
}

/** `techze-agent run`: reads this machine, sends the diagnostic, prints the verdict. */
export async function run(session: Session, options: RunOptions): Promise<void> {
  const { type, json = false, save, notes, tag: tags } = options;
  const server = parseServerUrl(options.server ?? session.env.TECHZE_SERVER);
  const credentials = await readCredentials(session.env);
  if (save !== undefined) checkSavePath(save);
  if (isExposed(server)) session.stderr.write(`Warning: ${server.href} is not encrypted; use https.\n`);

  const api = new DiagnosticsApi(server, {
    clock: session.clock,
    onRetry: (notice) => session.stderr.write(retryNotice(notice)),
  });
  // Before the seconds of collecting: a wrong password should show at once.
  const token = await api.logIn(credentials);
  const body = await readMachine(session, { type, notes, tags, server: addressOf(server) }, json);
  if (!json && session.stderr.isTTY) session.stderr.write('Sending the diagnostic …\n');
  const stored = await api.create(body, token);
  const text = `${JSON.stringify(stored.raw, null, 2)}\n`;
  if (json) session.stdout.write(text);
  else printVerdict(session, api.addressOf(stored.diagnostic.id), body, stored);
  if (save !== undefined) saveFile(save, text);
}
