import type { CreateDiagnostic } from '@techze/contracts';
import { exitCodes, Failure, messageOf } from '../failure.js';
import { sendSpooled, type Stored } from '../spool/send-spooled.js';
import { sendUnkept, storedOf } from '../spool/send-unkept.js';
import type { SpoolEntry } from '../spool/spooled-file.js';
import { parseJson } from '../state/parse-json.js';
import { LockHeldError, type ProcessLock } from '../state/process-lock.js';
import { lookOf, printable } from '../terminal/style.js';
import type { Access } from '../upload/access.js';
import { UnreachableFailure } from '../upload/api-client.js';
import { JudgedDiagnostic } from '../upload/diagnostics-api.js';
import { addressOf } from '../upload/server-url.js';
import { renderVerdict } from '../verdict/render-verdict.js';
import { type AgentContext, type CommonOptions, openAgent, warnIfExposed } from './agent-context.js';
import { readMachine } from './collect.command.js';
import { checkSavePath, saveFile } from './save-file.js';
import type { Session } from './session.js';
import { describeLost } from './spool.command.js';

export interface RunOptions extends CommonOptions {
  json?: boolean;
  save?: string;
  notes?: string;
}

const LOCK_POLL_MS = 250;
const LOCK_PATIENCE_MS = 30_000;

/** `techze-agent run`: reads this machine, puts the diagnostic into the spool, sends it, prints the verdict. */
export async function run(session: Session, options: RunOptions): Promise<void> {
  const { json = false, save, notes } = options;
  if (save !== undefined) checkSavePath(save);
  const agent = await openAgent(session, options);
  warnIfExposed(session, agent.access.server);
  await tryLogIn(agent);
  const { type, include, tags } = agent.settings;
  const server = addressOf(agent.access.server);
  const body = await readMachine(session, { type, notes, tags, include, server, agentId: agent.agentId }, json);
  if (!json && session.stderr.isTTY) session.stderr.write('Sending the diagnostic …\n');
  const stored = await send(session, agent, body);
  const text = `${JSON.stringify(JSON.parse(stored.answer.text), null, 2)}\n`;
  if (json) session.stdout.write(text);
  else await printVerdict(session, agent.access, body, stored);
  if (save !== undefined) saveFile(save, text);
}

/** Before the seconds of collecting: a wrong password should show at once. Without a network it is still collected. */
async function tryLogIn({ access }: AgentContext): Promise<void> {
  try {
    await access.logIn({ once: true });
  } catch (error) {
    if (!(error instanceof UnreachableFailure)) throw error;
  }
}

async function send(session: Session, agent: AgentContext, body: CreateDiagnostic): Promise<Stored> {
  const { spool, access } = agent;
  let added: { entry: SpoolEntry; dropped: number };
  try {
    added = spool.add(body, { server: access.server.href, sender: access.sender });
  } catch (error) {
    session.stderr.write(`Warning: the diagnostic cannot be kept on this disk: ${printable(messageOf(error))}\n`);
    return sendUnkept(access, body);
  }
  if (added.dropped > 0) session.stderr.write(`The spool was full: ${added.dropped} of the oldest were dropped.\n`);
  return sendAdded(session, agent, added.entry, JSON.stringify(body));
}

/** Sends what waited longer, then this one. */
async function sendAdded(
  session: Session,
  { spool, accesses, access, agentId }: AgentContext,
  added: SpoolEntry,
  payload: string,
): Promise<Stored> {
  let mine: Stored | undefined;
  let refused: Failure | undefined;
  const lock = await takeLock(session, () => spool.lock());
  try {
    const report = await sendSpooled(spool, {
      accesses,
      agentId,
      now: () => session.clock.now(),
      onStored: (entry, stored) => {
        if (entry.key === added.key) mine = stored;
      },
      onLost: (entry, words, failure) => {
        if (entry.key === added.key) refused = failure;
        else session.stderr.write(describeLost(entry, words));
      },
    });
    if (mine !== undefined) return mine;
    if (refused !== undefined) throw refused;
    if (report.failure !== undefined) throw keptFailure(report.failure);
  } finally {
    lock.release();
  }
  // Another process was faster: the same key brings its answer back.
  return storedOf(await access.api.deliver(payload, added.key, await access.logIn()));
}

/** @throws Failure (exit 8) when another process goes on sending */
async function takeLock(session: Session, take: () => ProcessLock): Promise<ProcessLock> {
  for (let waited = 0; ; waited += LOCK_POLL_MS) {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error;
      if (waited >= LOCK_PATIENCE_MS) {
        throw new Failure(exitCodes.busy, `Process ${error.pid} is sending, and does not come to an end.`, [
          'The diagnostic is in the spool: that process sends it, or the next run does.',
        ]);
      }
      await session.clock.pause(LOCK_POLL_MS);
    }
  }
}

function keptFailure({ exitCode, message, hints }: Failure): Failure {
  return new Failure(exitCode, message, [
    ...hints,
    'The diagnostic is in the spool. The next run sends it, or: techze-agent spool flush.',
  ]);
}

async function printVerdict(session: Session, access: Access, body: CreateDiagnostic, stored: Stored): Promise<void> {
  const url = access.api.client.addressOf(`/api/v1/diagnostics/${encodeURIComponent(stored.id)}`);
  const diagnostic = parseJson(stored.answer.text, JudgedDiagnostic);
  if (diagnostic === undefined) {
    session.stdout.write(`Stored: ${url}\nIts verdict is in words that this agent does not know: update the agent.\n`);
    return;
  }
  // Partial: the server may have noted what it could not use, which only a read tells.
  const noted = diagnostic.partial ? await access.api.read(diagnostic.id, await access.logIn()) : undefined;
  const facts = { url, hostname: body.device?.hostname, sections: noted?.sections ?? body.sections };
  session.stdout.write(renderVerdict(diagnostic, facts, lookOf(session.stdout, session.env)));
}
