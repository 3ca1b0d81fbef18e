import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LockHeldError, ProcessLock } from '../src/state/process-lock.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const lockPath = () => join(scratchFolder(), 'agent.lock');
const longAgo = new Date(Date.now() - 10 * 60_000);

/** The number of a process that has been killed. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return child.pid ?? 0;
}

afterAll(removeScratchFolders);

it('is held by one, and says by which process', () => {
  const path = lockPath();
  const lock = ProcessLock.take(path);
  expect(() => ProcessLock.take(path)).toThrow(LockHeldError);
  expect(() => ProcessLock.take(path)).toThrow(`held by process ${process.pid}`);
  lock.release();
  expect(existsSync(path)).toBe(false);
  ProcessLock.take(path).release();
});

it('is taken over from a process that was killed', async () => {
  const path = lockPath();
  writeFileSync(path, `${await deadPid()} its-token`);
  const lock = ProcessLock.take(path);
  expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  expect(readdirSync(dirname(path))).toEqual(['agent.lock']);
  lock.release();
});

it('is taken over from a number that another program has by now: nobody keeps the file fresh', () => {
  const path = lockPath();
  writeFileSync(path, `${process.pid} of-last-week`);
  utimesSync(path, longAgo, longAgo);
  ProcessLock.take(path).release();
});

it.each([
  ['is respected while it is fresh', new Date(), true],
  ['is taken over when it is old', longAgo, false],
])('left empty by a process that was killed while it took it %s', (_, writtenAt, isHeld) => {
  const path = lockPath();
  writeFileSync(path, '');
  utimesSync(path, writtenAt, writtenAt);
  if (isHeld) expect(() => ProcessLock.take(path)).toThrow(LockHeldError);
  else ProcessLock.take(path).release();
});

it('tells a holder that it has lost it, and leaves the next holder’s alone', () => {
  const path = lockPath();
  const first = ProcessLock.take(path);
  utimesSync(path, longAgo, longAgo);
  const second = ProcessLock.take(path);
  expect([first.isLost, second.isLost]).toEqual([true, false]);
  first.release();
  expect(second.isLost).toBe(false);
  second.release();
});
