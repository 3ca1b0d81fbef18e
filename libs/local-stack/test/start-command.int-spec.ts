import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { compiledLibs, freePort } from '@techze/testing';

/** Runs `npm start`'s program with servers of the environment. */
function start(environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const program = join(compiledLibs(), 'libs/local-stack/src/cli/start.js');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, '--no-agent'],
      { env: { PATH: process.env.PATH, ...environment }, timeout: 20_000 },
      (error, stdout, stderr) => resolve({ code: error?.code, said: stdout + stderr }),
    );
  });
}

test.each(['DATABASE_URL', 'DATABASE_NODES', 'REDIS_URL'])(
  '%s that nobody answers ends the start with one line: variable, host, port, reason',
  async (variable) => {
    const port = await freePort();
    const node = { id: 'p', host: '127.0.0.1', port, database: 'd', weight: 1, is_primary: true };
    const values: Record<string, string> = {
      DATABASE_URL: `postgres://postgres:hush@127.0.0.1:${port}/techze`,
      DATABASE_NODES: JSON.stringify([{ ...node, user: 'postgres', password: 'hush' }]),
      REDIS_URL: `redis://:hush@127.0.0.1:${port}`,
    };
    const { code, said } = await start({ [variable]: values[variable] ?? '' });
    expect(code).toBe(1);
    expect(said).toMatch(
      new RegExp(`^${variable}[^\\n]*: cannot reach 127\\.0\\.0\\.1:${port}: connection refused\\n$`),
    );
  },
  30_000,
);
