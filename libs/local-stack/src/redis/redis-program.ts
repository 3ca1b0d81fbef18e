import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { runProgram } from '../processes/run-program.js';

/** How to run a Redis server. */
export interface RedisProgram {
  readonly file: string;
  /** Variables it needs beyond PATH. */
  readonly environment: Readonly<Record<string, string>>;
}

const HOW_TO_GET_ONE =
  'No Redis found. Run one of: "apt-get install redis-server" (Debian, Ubuntu), "brew install redis" (macOS), ' +
  '"docker run -d -p 6379:6379 redis:8 && export REDIS_URL=redis://127.0.0.1:6379" and start again.';

/**
 * A Redis server: on PATH, else a private copy from the distribution's own packages, unpacked, not installed.
 * @param folder where the private copy lives
 * @throws LocalStackError that names the command to run
 */
export async function findRedisProgram(folder: string, path = process.env.PATH ?? ''): Promise<RedisProgram> {
  for (const name of ['redis-server', 'valkey-server']) {
    const file = onPath(name, path);
    if (file) return { file, environment: {} };
  }
  const unpacked = join(folder, 'unpacked');
  if (!existsSync(unpacked)) {
    if (!onPath('apt-get', path) || !onPath('dpkg-deb', path)) throw new LocalStackError(HOW_TO_GET_ONE);
    await unpack(folder, unpacked);
  }
  const program = await privateCopy(unpacked);
  if (!(await runs(program))) throw new LocalStackError(HOW_TO_GET_ONE);
  return program;
}

function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function unpack(folder: string, target: string): Promise<void> {
  const work = join(folder, `unpacking-${process.pid}`);
  await mkdir(work, { recursive: true });
  try {
    await download(work);
    for (const name of await readdir(work)) {
      if (name.endsWith('.deb')) await runProgram('dpkg-deb', ['-x', join(work, name), join(work, 'root')]);
    }
    await rename(join(work, 'root'), target);
  } catch (error) {
    if (!existsSync(target)) throw new LocalStackError(HOW_TO_GET_ONE, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Fetches the packages and just those that this system lacks for them; no lock is needed, so no root either. */
async function download(work: string): Promise<void> {
  await mkdir(join(work, 'partial'));
  const fetch = (): Promise<string> =>
    runProgram(
      'apt-get',
      [
        ...['install', '-y', '-q', '--download-only', '--no-install-recommends', '--reinstall'],
        ...['-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${work}`, 'redis-server', 'redis-tools'],
      ],
      { timeout: 120_000 },
    );
  try {
    await fetch();
  } catch (error) {
    // A fresh container has no package lists; only root can fetch them.
    if (process.getuid?.() !== 0) throw error;
    await runProgram('apt-get', ['update', '-q'], { timeout: 120_000 });
    await fetch();
  }
}

async function privateCopy(root: string): Promise<RedisProgram> {
  const libraries: string[] = [];
  for (const lib of ['usr/lib', 'lib']) {
    const folder = join(root, lib);
    if (!existsSync(folder)) continue;
    libraries.push(folder);
    for (const name of await readdir(folder)) if (name.includes('-linux-')) libraries.push(join(folder, name));
  }
  return { file: join(root, 'usr/bin/redis-server'), environment: { LD_LIBRARY_PATH: libraries.join(delimiter) } };
}

async function runs({ file, environment }: RedisProgram): Promise<boolean> {
  try {
    await runProgram(file, ['--version'], { env: { ...process.env, ...environment } });
    return true;
  } catch {
    return false;
  }
}
