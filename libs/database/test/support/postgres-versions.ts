import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@techze/local-stack';
import { waitFor } from '@techze/testing';
import { Client } from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** Folders of the PostgreSQL programs that the machine itself has, by version: Debian's and what is on the PATH. */
export function installedPostgres(): { version: number; programs: string }[] {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
  const path = (process.env.PATH ?? '').split(':');
  const found = new Map<number, string>();
  for (const programs of [...debian, ...path]) {
    if (!existsSync(join(programs, 'initdb')) || !existsSync(join(programs, 'postgres'))) continue;
    const answer = execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8', cwd: '/' });
    const version = Number(/ (\d+)/.exec(answer)?.[1]);
    if (version >= 15 && !found.has(version)) found.set(version, programs);
  }
  return [...found].map(([version, programs]) => ({ version, programs }));
}

export interface PostgresServer {
  url(database: string): string;
  stop(): Promise<void>;
}

/** Starts a server of these programs with an empty cluster. As root it runs as `nobody`: PostgreSQL refuses root. */
export async function startInstalled(programs: string): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  const folder = await mkdtemp(join(tmpdir(), 'techze-postgres-'));
  const passwordFile = `${folder}.password`;
  const password = randomBytes(16).toString('hex');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined)
    for (const path of [folder, passwordFile]) await chown(path, user.uid, user.gid);
  await chmod(folder, 0o700);
  const options = { ...user, cwd: '/' };
  const secrets = [`--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync', '--locale=C.UTF-8', '-E', 'UTF8'];
  await promisify(execFile)(join(programs, 'initdb'), ['-D', folder, '-U', 'postgres', ...secrets], options);
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(join(programs, 'postgres'), ['-D', folder, ...settings.flatMap((each) => ['-c', each])], {
    ...options,
    stdio: 'ignore',
  });
  const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  await waitFor(() => answers(url('postgres')), { timeoutMs: 20_000, what: 'the server did not answer' });
  return {
    url,
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      await Promise.all([folder, passwordFile].map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.end();
  return true;
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
}
