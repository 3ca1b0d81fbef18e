import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../failure.js';
import { isMissing } from './durable-file.js';

/** How often the holder shows that it lives, and after how long silence it is taken for dead. */
const BEAT_MS = 20_000;
const SILENCE_MS = 120_000;

/** Held by another process that is at work. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';

  constructor(readonly pid: number) {
    super(`held by process ${pid}`);
  }
}

interface Holder {
  pid: number;
  token: string;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const [pid = '', token = ''] = readFileSync(path, 'utf8').split(' ');
    return { pid: Number(pid), token };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A holder that died, or whose number another program has by now: then nobody keeps the file fresh. */
function isStale(path: string, { pid }: Holder): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return true;
  const silent = Math.abs(Date.now() - file.mtimeMs) > SILENCE_MS;
  // A file without a number is of a holder that is just writing it, or that was killed before it could.
  return Number.isInteger(pid) && pid > 0 ? silent || !isRunning(pid) : silent;
}

/**
 * One process at a time, by a file with its number. Politeness, not safety: that nothing is stored twice rests on
 * the idempotency keys.
 */
export class ProcessLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly holder: Holder,
  ) {
    this.timer = setInterval(() => this.beat(), BEAT_MS).unref();
  }

  /** @throws LockHeldError */
  static take(path: string): ProcessLock {
    const mine = { pid: process.pid, token: randomUUID() };
    for (let attempt = 0; attempt < 5; attempt++) {
      if (create(path, `${mine.pid} ${mine.token}`)) return new ProcessLock(path, mine);
      const theirs = readHolder(path);
      if (theirs === undefined) continue;
      if (!isStale(path, theirs)) throw new LockHeldError(theirs.pid);
      clearAway(path, theirs);
    }
    throw new LockHeldError(readHolder(path)?.pid ?? 0);
  }

  /** Whether another process took it for abandoned, as after a long standstill of this one. */
  get isLost(): boolean {
    return readHolder(this.path)?.token !== this.holder.token;
  }

  release(): void {
    clearInterval(this.timer);
    if (!this.isLost) rmSync(this.path, { force: true });
  }

  private beat(): void {
    if (!this.isLost) utimesSync(this.path, new Date(), new Date());
  }
}

/** The file appears with its contents, or not at all. @returns false when there is one already */
function create(path: string, text: string): boolean {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  writeFileSync(draft, text, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return createWithoutLinks(path, text);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** FAT knows no links: for a moment the file is there and empty. */
function createWithoutLinks(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Renamed before it is removed, so that of several who see the same stale file none removes the next holder's. */
function clearAway(path: string, stale: Holder): void {
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if (readHolder(aside)?.token === stale.token) rmSync(aside);
  else renameSync(aside, path);
}
