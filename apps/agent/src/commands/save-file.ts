import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exitCodes, Failure, messageOf } from '../failure.js';
import { writeDurably } from '../state/durable-file.js';

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
  try {
    writeDurably(resolve(path), text);
  } catch (error) {
    throw new Failure(exitCodes.unexpected, `--save: ${path} could not be written: ${messageOf(error)}`);
  }
}
