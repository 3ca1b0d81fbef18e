import { type ChildProcess, execSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** Outside of the repository, where nothing of ours can be found beside it. */
export const script = join(mkdtempSync(join(tmpdir(), 'techze-agent-bundle-')), 'techze-agent.mjs');

/** The agent as it ships: one file, by the very command that makes it. */
export function buildAgent(): void {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const command = scripts['build:agent']?.replace('dist/techze-agent.mjs', script) ?? '';
  const env = { ...process.env, PATH: [resolve('node_modules/.bin'), process.env.PATH].join(delimiter) };
  execSync(command, { env, timeout: 60_000 });
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the agent in a process of its own, with nothing of this one's environment but the PATH. */
export function runProcess(
  args: string[],
  env: Record<string, string>,
  onStart?: (child: ChildProcess) => void,
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 25_000,
    });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()));
    child.once('error', fail);
    child.once('close', (code) => done({ ...ended, code }));
    onStart?.(child);
  });
}
