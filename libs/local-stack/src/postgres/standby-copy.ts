import type { Stats } from 'node:fs';
import { chmod, chown, copyFile, lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import type { OsUser } from './os-user.js';
import type { PostgresNode } from './postgres-node.js';

/** What a base backup leaves out (PostgreSQL manual, "Making a Base Backup Using the Low Level API"). */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'recovery.signal', 'backup_label']);
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

/**
 * Copies a running primary's data folder so that a standby can start from it (there is no pg_basebackup in the package).
 * Whatever the target held is removed. Start and stop of the backup need one and the same session.
 */
export async function copyForStandby(primary: PostgresNode, target: string, user: OsUser): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await primary.withClient(async (client) => {
    await client.query("select pg_backup_start('standby', true)");
    await copyFolder(primary.dataDir, target, user, true);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
    await writeFile(join(target, 'standby.signal'), '', { mode: 0o600 });
  });
  for (const folder of ['archive_status', 'summaries']) await mkdir(join(target, 'pg_wal', folder), { mode: 0o700 });
  for (const made of ['backup_label', 'standby.signal', 'pg_wal/archive_status', 'pg_wal/summaries'])
    await own(join(target, made), user);
}

async function copyFolder(source: string, target: string, user: OsUser, isTop = false): Promise<void> {
  await mkdir(target, { mode: 0o700 });
  await own(target, user);
  const names = (await readdir(source)).filter((name) => !isTop || !LEFT_OUT.has(name));
  // Folder by folder, the files of one at once: a data folder has a few hundred small files each.
  await Promise.all(
    names.map(async (name) => {
      const [from, to] = [join(source, name), join(target, name)];
      const found = await statOf(from);
      if (found?.isDirectory()) {
        if (!isTop || !EMPTIED.has(name)) return copyFolder(from, to, user);
        await mkdir(to, { mode: 0o700 });
        return own(to, user);
      }
      if (found?.isFile()) await copyOne(from, to, user);
    }),
  );
}

async function copyOne(from: string, to: string, user: OsUser): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (!isGone(error)) throw error; // dropped under way: the log replays that
    return;
  }
  await chmod(to, 0o600);
  await own(to, user);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function own(path: string, { uid, gid }: OsUser): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}
