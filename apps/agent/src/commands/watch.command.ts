import { exitCodes, Failure, isFailure, messageOf } from '../failure.js';
import { formatDuration } from '../settings/duration.js';
import { sendSpooled } from '../spool/send-spooled.js';
import { sendUnkept } from '../spool/send-unkept.js';
import { LockHeldError, ProcessLock } from '../state/process-lock.js';
import type { StateFolder } from '../state/state-folder.js';
import { printable } from '../terminal/style.js';
import { fullJitterMs } from '../upload/retry.js';
import { addressOf } from '../upload/server-url.js';
import { type AgentContext, type CommonOptions, openAgent, warnIfExposed } from './agent-context.js';
import { readMachine } from './collect.command.js';
import type { Session } from './session.js';
import { describeLost } from './spool.command.js';

/** A fleet that was switched on at the same moment must not arrive at the same moment. */
const MAX_START_DELAY_MS = 5 * 60_000;
const JITTER = 0.1;
/** Between tries to reach a server that is away, beside the one after every diagnostic. */
const backoff = { firstDelayMs: 60_000, maxDelayMs: 3_600_000 };
const MIN_BACKOFF_MS = 1_000;
const policy = { maxTries: 3, totalMs: 60_000, firstDelayMs: 1_000, maxDelayMs: 15_000 };

/** `techze-agent watch`: collects, spools and sends again and again, until it is told to stop. */
export async function watch(session: Session, options: CommonOptions): Promise<void> {
  const signal = session.untilStopped();
  const open = () => openAgent(session, options, { policy, signal, onRetry: () => undefined });
  const agent = await open();
  warnIfExposed(session, agent.access.server);
  const lock = takeLock(agent.folder);
  try {
    const every = formatDuration(agent.settings.every);
    say(session, `watching every ${every} (process ${process.pid}), state in ${agent.folder.path}`);
    await new Watch(session, agent, open, lock, signal).run();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    lock.release();
  }
  say(session, 'stopped');
}

function say(session: Session, words: string): void {
  session.stderr.write(`${new Date(session.clock.now()).toISOString()} ${printable(words)}\n`);
}

/** One watcher a state folder. @throws Failure (exit 8, exit 9) */
function takeLock(folder: StateFolder): ProcessLock {
  folder.make();
  try {
    return ProcessLock.take(folder.file('watch.lock'));
  } catch (error) {
    if (error instanceof LockHeldError) {
      throw new Failure(exitCodes.busy, `Process ${error.pid} watches this machine already.`);
    }
    throw folder.failure(error);
  }
}

class Watch {
  /** Until the next diagnostic, and until the next try to send what waits. */
  private untilCollect: number;
  private untilSend = Infinity;
  private failures = 0;

  constructor(
    private readonly session: Session,
    private agent: AgentContext,
    /** Reads settings and credentials anew: the machine may be enrolled again, and access tokens do not last. */
    private readonly open: () => Promise<AgentContext>,
    private readonly lock: ProcessLock,
    private readonly signal: AbortSignal,
  ) {
    this.untilCollect = session.clock.random() * Math.min(agent.settings.every, MAX_START_DELAY_MS);
  }

  /** Ends only by the signal, or when another watcher has taken over. */
  async run(): Promise<void> {
    const { clock } = this.session;
    while (!this.signal.aborted) {
      const wait = Math.min(this.untilCollect, this.untilSend);
      await clock.pause(wait, this.signal);
      if (this.lock.isLost) throw new Failure(exitCodes.busy, 'Another process watches this machine by now.');
      this.untilCollect -= wait;
      this.untilSend -= wait;
      await this.attempt('cannot go on as set up', async () => {
        this.agent = await this.open();
      });
      if (this.untilCollect <= 0) {
        await this.attempt('no diagnostic', () => this.collect());
        this.untilCollect = this.agent.settings.every * (1 - JITTER + 2 * JITTER * clock.random());
        // Unless the server is to be left alone for a while.
        if (this.failures === 0) this.untilSend = 0;
      }
      if (this.untilSend <= 0) await this.send();
    }
  }

  /** What fails is said and forgotten: the next time it may not. */
  private async attempt(failing: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.signal.throwIfAborted();
      say(this.session, `${failing}: ${messageOf(error)}`);
    }
  }

  private async collect(): Promise<void> {
    const { access, agentId, settings, spool } = this.agent;
    const { type, include, tags } = settings;
    const options = { type, include, tags, server: addressOf(access.server), agentId };
    const body = await untilAborted(this.signal, readMachine(this.session, options, true));
    try {
      const { dropped } = spool.add(body, { server: access.server.href, sender: access.sender });
      if (dropped > 0) say(this.session, `the spool was full: ${dropped} of the oldest were dropped`);
    } catch (error) {
      say(this.session, `the diagnostic cannot be kept on this disk: ${messageOf(error)}`);
      const { id } = await sendUnkept(access, body);
      say(this.session, `sent ${id}`);
    }
  }

  private async send(): Promise<void> {
    const { accesses, agentId, spool } = this.agent;
    this.untilSend = Infinity;
    let lock: ProcessLock | undefined;
    try {
      lock = spool.lock();
      const { failure, retryAfterMs, withoutAccess } = await sendSpooled(spool, {
        accesses,
        agentId,
        now: () => this.session.clock.now(),
        onStored: (entry, { id }) => say(this.session, `sent ${id}, collected at ${entry.collectedAt.toISOString()}`),
        onLost: (entry, words, why) => say(this.session, `${describeLost(entry, words)} ${why?.message ?? ''}`),
      });
      if (withoutAccess > 0) say(this.session, `${withoutAccess} wait for the account that they were collected with`);
      if (failure === undefined) this.failures = 0;
      else this.backOff(failure, retryAfterMs);
    } catch (error) {
      this.signal.throwIfAborted();
      this.backOff(error, 0);
    } finally {
      lock?.release();
    }
  }

  private backOff(reason: unknown, retryAfterMs: number): void {
    this.failures += 1;
    const { clock } = this.session;
    this.untilSend = Math.max(retryAfterMs, fullJitterMs(this.failures, backoff, clock.random()), MIN_BACKOFF_MS);
    const hint = isFailure(reason) ? (reason.hints.at(-1) ?? '') : '';
    const waiting = this.agent.spool.list().length;
    const seconds = Math.round(this.untilSend / 1_000);
    say(this.session, `not sent, ${waiting} wait, next try in ${seconds} s: ${messageOf(reason)} ${hint}`);
  }
}

/** The work, or the signal's reason when that comes first; what the work does later is ignored. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { signal: ended.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    ended.abort();
  }
}
