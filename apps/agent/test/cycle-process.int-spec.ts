import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@techze/testing';
import { cycleProcess } from '../src/watch/cycle-process.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const report = { folder: '/x', every: 1, failed: false, retryAfterMs: 0 };
const running = () => new AbortController().signal;

/** A program in place of the agent. */
function script(source: string): string {
  const path = join(scratchFolder(), 'agent.mjs');
  writeFileSync(path, source);
  return path;
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

afterAll(removeScratchFolders);

it('hands on stage, flags and environment, and brings the report home', async () => {
  const told = join(scratchFolder(), 'told');
  const program = script(`
    import { writeFileSync } from 'node:fs';
    writeFileSync(process.env.TOLD, JSON.stringify([process.argv.slice(2), process.env.TECHZE_TOKEN]));
    process.send(${JSON.stringify(report)}, () => process.exit(0));
  `);
  const env = { TOLD: told, TECHZE_TOKEN: 'secret' };
  expect(await cycleProcess(program, ['--every', '1m'], env)('collect', running())).toEqual({ code: 0, report });
  expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual([['watch-cycle', 'collect', '--every', '1m'], 'secret']);
});

it.each([
  ['ends badly', 'process.exit(9)', 9],
  ['is killed, as for want of memory', "process.kill(process.pid, 'SIGKILL'); setInterval(() => 0, 1e6)", null],
])('has no report of a process that %s', async (_, source, code) => {
  expect(await cycleProcess(script(source), [], {})('send', running())).toEqual({ code, report: undefined });
});

it('ends the process when it is told to stop', async () => {
  const told = join(scratchFolder(), 'pid');
  const program = script(`
    import { writeFileSync } from 'node:fs';
    writeFileSync(process.env.TOLD, String(process.pid));
    setInterval(() => 0, 1e6);
  `);
  const stop = new AbortController();
  const cycle = cycleProcess(program, [], { TOLD: told })('send', stop.signal);
  const pid = await waitFor(() => Number(readFileSync(told, 'utf8')));
  stop.abort(new Error('stopped'));
  await expect(cycle).rejects.toThrow('stopped');
  expect(isRunning(pid)).toBe(false);
});

it('starts nothing after it was told to stop', async () => {
  const stop = new AbortController();
  stop.abort(new Error('stopped'));
  await expect(cycleProcess('/no/where', [], {})('send', stop.signal)).rejects.toThrow('stopped');
});
