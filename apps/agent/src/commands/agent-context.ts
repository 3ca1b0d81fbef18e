import { exitCodes, Failure, isFailure, messageOf } from '../failure.js';
import { readSettings, type Settings, type WrittenSettings } from '../settings/settings.js';
import { Spool } from '../spool/spool.js';
import { agentIdOf } from '../state/agent-identity.js';
import { type Enrollment, readEnrollment } from '../state/enrollment.js';
import { StateFolder } from '../state/state-folder.js';
import { printable } from '../terminal/style.js';
import { Access, noAccess } from '../upload/access.js';
import type { ApiOptions } from '../upload/api-client.js';
import { readCredentials } from '../upload/credentials.js';
import type { RetryNotice } from '../upload/retry.js';
import { isExposed, parseServerUrl } from '../upload/server-url.js';
import type { Session } from './session.js';

/** What flags say, of every command that reads settings. */
export interface CommonOptions {
  stateDir?: string;
  server?: string;
  type?: string;
  every?: string;
  include?: string;
  tag?: string[];
}

export function writtenSettings({ server, type, every, include, tag }: CommonOptions): WrittenSettings {
  return { server, type, every, include, tags: tag };
}

export function openState(session: Session, options: CommonOptions): { folder: StateFolder; settings: Settings } {
  const folder = StateFolder.of(options.stateDir, session.env, session.host);
  return { folder, settings: readSettings(writtenSettings(options), session.env, folder) };
}

/** Who this agent is, where its diagnostics go, and what still waits to go there. */
export interface AgentContext {
  folder: StateFolder;
  settings: Settings;
  spool: Spool;
  /** Undefined where the state folder cannot be written. */
  agentId: string | undefined;
  /** The way in for what is collected now. */
  access: Access;
  /** Every way in that there is, for what was collected before. */
  accesses: readonly Access[];
}

export function retryNotice({ tried, maxTries, reason, delayMs }: RetryNotice): string {
  return `Try ${tried} of ${maxTries} failed: ${printable(reason)}. Next in ${(delayMs / 1_000).toFixed(1)} s.\n`;
}

/** @throws Failure (exit 2) when there is nowhere to send to or nothing to log in with */
export async function openAgent(
  session: Session,
  options: CommonOptions,
  api: Partial<ApiOptions> = {},
): Promise<AgentContext> {
  const { folder, settings } = openState(session, options);
  const enrollment = readEnrollment(folder);
  const apiOptions: ApiOptions = {
    clock: session.clock,
    onRetry: (notice) => session.stderr.write(retryNotice(notice)),
    ...api,
  };
  const device = enrollment && Access.ofDevice(enrollment, apiOptions);
  const credentials = await readCredentials(session.env);
  const server = settings.server;
  const account = server && credentials && Access.ofAccount(server, credentials, apiOptions);
  const isDevices = enrollment !== undefined && (server === undefined || server.href === enrollment.server);
  const access = isDevices ? device : account;
  if (access === undefined) throw missingAccess(settings, enrollment);
  return {
    folder,
    settings,
    spool: new Spool(folder.file('spool')),
    agentId: knownAgentId(session, folder),
    access,
    accesses: [device, account].filter((each) => each !== undefined),
  };
}

export function warnIfExposed(session: Session, server: URL): void {
  if (isExposed(server)) session.stderr.write(`Warning: ${server.href} is not encrypted; use https.\n`);
}

function missingAccess({ server }: Settings, enrollment: Enrollment | undefined): Failure {
  // Says what is wrong with it when there is none.
  const { href } = parseServerUrl(server?.href);
  if (enrollment === undefined) return noAccess();
  return new Failure(exitCodes.usage, `This machine is enrolled at ${enrollment.server}, not at ${href}.`, [
    'Leave out the server, or enroll anew with --force, or set credentials of an account there.',
  ]);
}

/** A disk that takes no more writes is no reason not to diagnose it. */
function knownAgentId(session: Session, folder: StateFolder): string | undefined {
  try {
    return agentIdOf(folder);
  } catch (error) {
    if (!isFailure(error)) throw error;
    session.stderr.write(`Warning: ${printable(messageOf(error))}\n`);
    return undefined;
  }
}
