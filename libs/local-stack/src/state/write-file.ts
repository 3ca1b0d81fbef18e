import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file at once: a reader sees the old or the new content, never a part. Only its owner may read it. */
export function replaceFile(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  renameSync(unfinished, path);
}
