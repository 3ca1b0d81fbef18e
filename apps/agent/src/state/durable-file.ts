import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../failure.js';

const DRAFT = /^\.[^/\\]+\.tmp$/;
/** No write of ours takes so long: an older draft is what a killed process left. */
const DRAFT_LIFE_MS = 10 * 60_000;

/** Makes what happened to the names in a folder survive a power cut. Windows keeps them without being asked. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Makes a folder and those above it, for good, open to their owner only. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
  for (let made = path; first !== undefined; made = dirname(made)) {
    syncFolder(dirname(made));
    if (made === first) break;
  }
}

/** Writes the whole file or none of it, on the disk when this returns, readable by its owner only. */
export function writeDurably(path: string, text: string): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Renames within one file system, for good. @returns false when somebody else was first */
export function moveDurably(from: string, to: string): boolean {
  try {
    renameSync(from, to);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
  return true;
}

/** Removes for good. @returns false when somebody else was first */
export function removeDurably(path: string): boolean {
  try {
    rmSync(path);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  syncFolder(dirname(path));
  return true;
}

/** Takes away what processes that were killed in the middle of a write left in a folder. */
export function removeOldDrafts(folder: string, now: number): void {
  for (const name of readdirSync(folder).filter((each) => DRAFT.test(each))) {
    const draft = statSync(join(folder, name), { throwIfNoEntry: false });
    if (draft && now - draft.mtimeMs > DRAFT_LIFE_MS) rmSync(join(folder, name), { force: true });
  }
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
