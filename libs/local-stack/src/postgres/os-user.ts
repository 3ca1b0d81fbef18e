import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { LocalStackError } from '../local-stack-error.js';

/** Ids under which PostgreSQL's programs run; empty when they may run as this process does. */
export interface OsUser {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root, so root runs it as `nobody`: that user exists everywhere,
 * has the passwd entry initdb asks for, and no account is added to the machine.
 */
export function postgresUser(): OsUser {
  if (process.getuid?.() !== 0) return {};
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (!entry)
    throw new LocalStackError(
      'PostgreSQL does not run as root and there is no user "nobody": start as an ordinary user.',
    );
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/** Whether the user can enter a folder: a checkout below a 0700 home is closed to `nobody`. */
export function canEnter(folder: string, user: OsUser): boolean {
  if (user.uid === undefined) return true;
  try {
    execFileSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A folder that the user owns and can enter: the one asked for, or, when that is closed to the user,
 * one of the same name in the system's folder for temporary files that outlive a restart.
 */
export function folderFor(folder: string, user: OsUser): string {
  mkdirSync(folder, { recursive: true });
  const open = canEnter(folder, user) ? folder : publicFolder(folder);
  if (user.uid !== undefined && user.gid !== undefined) chownSync(open, user.uid, user.gid);
  return open;
}

/** A folder others can enter but not write, named after the one it stands for. */
export function publicFolder(folder: string): string {
  const parent = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
  const ours = join(parent, `techze-${process.getuid?.() ?? 0}`);
  mkdirSync(ours, { recursive: true, mode: 0o711 });
  const found = lstatSync(ours);
  // Anyone may create names in there: a folder that somebody else prepared is not trusted.
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new LocalStackError(
      `${ours} belongs to someone else: remove it or start from a folder that other users can enter.`,
    );
  }
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const stand = join(ours, `${basename(folder)}-${digest}`);
  mkdirSync(stand, { recursive: true, mode: 0o711 });
  return stand;
}
