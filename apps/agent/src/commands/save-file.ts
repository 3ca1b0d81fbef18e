import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exitCodes, Failure, messageOf } from '../failure.js';

/** @throws Failure (exit 2) when there is no such folder: better now than after the upload. */
export function checkSavePath(path: string): void {
  const folder = dirname(resolve(path));
  if (
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() &&
    !statSync(path, { throwIfNoEntry: false })?.isDirectory()
  )
    return;
  throw new Failure(exitCodes.usage, `--save: ${path} is not a file in a folder that exists.`);
}

/** Writes the whole file or none of it, readable by its owner only. */
export function saveFile(path: string, text: string): void {
  const target = resolve(path);
  const draft = `${target}.${randomUUID()}.tmp`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Failure(exitCodes.unexpected, `--save: ${path} could not be written: ${messageOf(error)}`);
  }
}
