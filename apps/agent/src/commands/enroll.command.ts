import { identifyDevice } from '../collection/device-identity.js';
import { exitCodes, Failure } from '../failure.js';
import { agentIdOf } from '../state/agent-identity.js';
import { readEnrollment, writeEnrollment } from '../state/enrollment.js';
import { printable } from '../terminal/style.js';
import { ApiClient } from '../upload/api-client.js';
import { readSecret, readSecretFile } from '../upload/credentials.js';
import { enrollDevice } from '../upload/enrollment-api.js';
import { parseServerUrl } from '../upload/server-url.js';
import { type CommonOptions, openState, retryNotice, warnIfExposed } from './agent-context.js';
import type { Session } from './session.js';

export interface EnrollOptions extends CommonOptions {
  tokenFile?: string;
  force?: boolean;
}

const TOKEN = /^tze_[A-Za-z0-9_-]{43}$/;
const IDENTITY_LIMIT_MS = 25_000;

/** `techze-agent enroll`: trades an enrollment token for this machine's own credential, and keeps it. */
export async function enroll(session: Session, options: EnrollOptions): Promise<void> {
  const { folder, settings } = openState(session, options);
  const server = parseServerUrl(settings.server?.href);
  if (options.force !== true) {
    const known = readEnrollment(folder);
    if (known !== undefined) {
      throw new Failure(
        exitCodes.usage,
        `This machine is enrolled already, at ${known.server} as ${known.device_id}.`,
        ['Enroll anew with --force: the credential that it has now is then no longer used.'],
      );
    }
  }
  const token = await readToken(session, options);
  warnIfExposed(session, server);
  // Written before anything is asked for: a second try after a lost answer has to come from the same agent.
  const agentId = agentIdOf(folder);
  const client = new ApiClient(server, {
    clock: session.clock,
    onRetry: (notice) => session.stderr.write(retryNotice(notice)),
  });
  const enrolled = await enrollDevice(client, token, await readIdentity(session), agentId);
  const { device_id, credential, credential_id, identity_state: identity } = enrolled;
  const enrolled_at = new Date(session.clock.now()).toISOString();
  writeEnrollment(folder, { server: server.href, device_id, credential, credential_id, enrolled_at });
  session.stdout.write(`Enrolled at ${printable(server.href)} as ${device_id}. Kept in ${printable(folder.path)}.\n`);
  if (identity === 'identity_conflict') {
    session.stdout.write(
      'Another agent has the hardware of this machine: a technician has to say which one is right.\n',
    );
  }
}

async function readIdentity(session: Session) {
  const machine = await session.openMachine();
  try {
    return await identifyDevice(machine, IDENTITY_LIMIT_MS);
  } finally {
    machine.close();
  }
}

/** Never from a flag: those show in the list of processes. */
async function readToken(session: Session, { tokenFile }: EnrollOptions): Promise<string> {
  const token =
    tokenFile !== undefined
      ? await readSecretFile(tokenFile, '--token-file')
      : ((await readSecret(session.env, 'TECHZE_ENROLLMENT_TOKEN')) ?? (await ask(session)));
  if (token !== undefined && TOKEN.test(token)) return token;
  if (token) throw new Failure(exitCodes.usage, 'That is not an enrollment token: it begins with tze_.');
  throw new Failure(exitCodes.usage, 'No enrollment token.', [
    'Set TECHZE_ENROLLMENT_TOKEN, or TECHZE_ENROLLMENT_TOKEN_FILE, or give --token-file; on a terminal it is asked for.',
  ]);
}

async function ask({ askSecret }: Session): Promise<string | undefined> {
  return (await askSecret?.('Enrollment token (not shown): '))?.trim();
}
