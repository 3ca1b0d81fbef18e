import { isFailure, messageOf } from '../failure.js';
import { sendSpooled } from '../spool/send-spooled.js';
import { sendUnkept } from '../spool/send-unkept.js';
import { printable } from '../terminal/style.js';
import { addressOf } from '../upload/server-url.js';
import type { CycleReport, CycleStage } from '../watch/cycle.js';
import { type AgentContext, type CommonOptions, openAgent, warnIfExposed } from './agent-context.js';
import { readMachine } from './collect.command.js';
import type { Session } from './session.js';
import { describeLost } from './spool.command.js';

const policy = { maxTries: 3, totalMs: 60_000, firstDelayMs: 1_000, maxDelayMs: 15_000 };

/**
 * The work of the watcher, in a process of its own: settings and credentials are read anew each time, for the machine
 * may be enrolled again and access tokens do not last.
 */
export async function watchCycle(session: Session, stage: CycleStage, options: CommonOptions): Promise<void> {
  const agent = await openAgent(session, options, { policy, onRetry: () => undefined });
  const { folder, settings } = agent;
  let sent = { failed: false, retryAfterMs: 0 };
  if (stage === 'prepare') {
    warnIfExposed(session, agent.access.server);
    folder.make();
  }
  if (stage === 'collect' || stage === 'collect-and-send') await collect(session, agent);
  if (stage === 'send' || stage === 'collect-and-send') sent = await send(session, agent);
  await session.report({ folder: folder.path, every: settings.every, ...sent });
}

function say(session: Session, words: string): void {
  session.stderr.write(`${new Date(session.clock.now()).toISOString()} ${printable(words)}\n`);
}

/** A diagnostic that fails is said and forgotten: the next one may not. */
async function collect(session: Session, { access, agentId, settings, spool }: AgentContext): Promise<void> {
  const { type, include, tags } = settings;
  try {
    const body = await readMachine(session, { type, include, tags, server: addressOf(access.server), agentId }, true);
    try {
      const { dropped } = spool.add(body, { server: access.server.href, sender: access.sender });
      if (dropped > 0) say(session, `the spool was full: ${dropped} of the oldest were dropped`);
    } catch (error) {
      say(session, `the diagnostic cannot be kept on this disk: ${messageOf(error)}`);
      const { id } = await sendUnkept(access, body);
      say(session, `sent ${id}`);
    }
  } catch (error) {
    say(session, `no diagnostic: ${messageOf(error)}`);
  }
}

type Sent = Pick<CycleReport, 'failed' | 'retryAfterMs'>;

async function send(session: Session, { accesses, agentId, spool }: AgentContext): Promise<Sent> {
  try {
    const lock = spool.lock();
    try {
      const { failure, retryAfterMs, withoutAccess } = await sendSpooled(spool, {
        accesses,
        agentId,
        now: () => session.clock.now(),
        onStored: (entry, { id }) => say(session, `sent ${id}, collected at ${entry.collectedAt.toISOString()}`),
        onLost: (entry, words, why) => say(session, `${describeLost(entry, words)} ${why?.message ?? ''}`),
      });
      if (withoutAccess > 0) say(session, `${withoutAccess} wait for the account that they were collected with`);
      if (failure !== undefined) sayKept(session, spool.list().length, failure);
      return { failed: failure !== undefined, retryAfterMs };
    } finally {
      lock.release();
    }
  } catch (error) {
    sayKept(session, spool.list().length, error);
    return { failed: true, retryAfterMs: 0 };
  }
}

function sayKept(session: Session, waiting: number, reason: unknown): void {
  const hint = isFailure(reason) ? (reason.hints.at(-1) ?? '') : '';
  say(session, `not sent, ${waiting} wait: ${messageOf(reason)} ${hint}`);
}
