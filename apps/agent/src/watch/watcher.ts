import { join } from 'node:path';
import { type ExitCode, exitCodes, messageOf } from '../failure.js';
import { formatDuration } from '../settings/duration.js';
import { LockHeldError, ProcessLock } from '../state/process-lock.js';
import { fullJitterMs, type RetryClock } from '../upload/retry.js';
import type { CycleOutcome, CycleReport, CycleStage } from './cycle.js';

/** A fleet that was switched on at the same moment must not arrive at the same moment. */
const MAX_START_DELAY_MS = 5 * 60_000;
const JITTER = 0.1;
/** Between tries to reach a server that is away. */
const backoff = { firstDelayMs: 60_000, maxDelayMs: 3_600_000 };
const MIN_BACKOFF_MS = 1_000;

/** What the watcher has of the world. It stays small: all work is done by short-lived processes. */
export interface WatcherWorld {
  clock: RetryClock;
  stderr: { write(text: string): unknown };
  signal: AbortSignal;
  /** Rejects when the signal comes first. */
  cycle(stage: CycleStage, signal: AbortSignal): Promise<CycleOutcome>;
}

/**
 * `techze-agent watch`: collects, spools and sends again and again, until it is told to stop.
 * @returns the exit code
 */
export async function watch(world: WatcherWorld): Promise<ExitCode> {
  const { signal } = world;
  let lock: ProcessLock | undefined;
  try {
    const { code, report } = await world.cycle('prepare', signal);
    // What is wrong has been said by then.
    if (report === undefined) return exitCodeOf(code);
    lock = ProcessLock.take(join(report.folder, 'watch.lock'));
    say(world, `watching every ${formatDuration(report.every)} (process ${process.pid}), state in ${report.folder}`);
    return await new Watcher(world, lock, report.every).run();
  } catch (error) {
    if (signal.aborted) return exitCodes.ok;
    if (!(error instanceof LockHeldError)) throw error;
    world.stderr.write(`techze-agent: Process ${error.pid} watches this machine already.\n`);
    return exitCodes.busy;
  } finally {
    lock?.release();
    if (signal.aborted) say(world, 'stopped');
  }
}

function exitCodeOf(code: number | null): ExitCode {
  return Object.values(exitCodes).find((known) => known === code && code !== exitCodes.ok) ?? exitCodes.unexpected;
}

function say({ clock, stderr }: WatcherWorld, words: string): void {
  stderr.write(`${new Date(clock.now()).toISOString()} ${words}\n`);
}

class Watcher {
  /** Until the next diagnostic, and until the next try to send what waits. */
  private untilCollect: number;
  private untilSend = Infinity;
  private failures = 0;

  constructor(
    private readonly world: WatcherWorld,
    private readonly lock: ProcessLock,
    private every: number,
  ) {
    this.untilCollect = world.clock.random() * Math.min(every, MAX_START_DELAY_MS);
  }

  /** Ends only by the signal, or when another watcher has taken over. */
  async run(): Promise<ExitCode> {
    const { clock, signal } = this.world;
    for (;;) {
      const wait = Math.min(this.untilCollect, this.untilSend);
      await clock.pause(wait, signal);
      if (this.lock.isLost) {
        this.world.stderr.write('techze-agent: Another process watches this machine by now.\n');
        return exitCodes.busy;
      }
      this.untilCollect -= wait;
      this.untilSend -= wait;
      await this.work();
    }
  }

  private async work(): Promise<void> {
    const { clock } = this.world;
    const collects = this.untilCollect <= 0;
    // Unless the server is to be left alone for a while.
    const sends = this.untilSend <= 0 || (collects && this.failures === 0);
    const report = await this.cycle(collects ? (sends ? 'collect-and-send' : 'collect') : 'send');
    if (report !== undefined) this.every = report.every;
    if (collects) this.untilCollect = this.every * (1 - JITTER + 2 * JITTER * clock.random());
    if (!sends) return;
    if (report?.failed === false) {
      this.failures = 0;
      this.untilSend = Infinity;
      return;
    }
    this.failures += 1;
    const jittered = fullJitterMs(this.failures, backoff, clock.random());
    this.untilSend = Math.max(report?.retryAfterMs ?? 0, jittered, MIN_BACKOFF_MS);
    say(this.world, `next try to send in ${Math.round(this.untilSend / 1_000)} s`);
  }

  /** What goes wrong with one is said; the next one may go well. */
  private async cycle(stage: CycleStage): Promise<CycleReport | undefined> {
    const { signal } = this.world;
    try {
      const { code, report } = await this.world.cycle(stage, signal);
      if (report === undefined) say(this.world, `${stage} did not come to its end: ${code ?? 'it was killed'}`);
      return report;
    } catch (error) {
      signal.throwIfAborted();
      say(this.world, `${stage} failed: ${messageOf(error)}`);
      return undefined;
    }
  }
}
