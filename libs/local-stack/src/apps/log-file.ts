import { closeSync, copyFileSync, existsSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';

const LARGEST_BYTES = 10 * 1024 * 1024;
const LARGEST_READ_BYTES = 64 * 1024;

/** The console of one app, in a file that a child writes to directly, so that it outlives this process; one older file is kept. */
export class LogFile {
  private readBytes = 0;

  constructor(readonly path: string) {
    if (existsSync(path)) this.rotate();
  }

  /** A descriptor to write to; the caller closes it. */
  open(): number {
    return openSync(this.path, 'a', 0o600);
  }

  /** The last lines, for a process that died. */
  tail(lines: number): string {
    const size = this.size();
    return this.read(Math.max(0, size - LARGEST_READ_BYTES), size)
      .trimEnd()
      .split('\n')
      .slice(-lines)
      .join('\n');
  }

  /** What was written since the last call, its end when that is much. Keeps the file small. */
  news(): string {
    const size = this.size();
    const text = this.read(Math.max(this.readBytes, size - LARGEST_READ_BYTES), size);
    this.readBytes = size;
    if (size > LARGEST_BYTES) this.rotate();
    return text;
  }

  /** Writers append, so they go on at the new beginning. */
  private rotate(): void {
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
    this.readBytes = 0;
  }

  private size(): number {
    if (!existsSync(this.path)) return 0;
    const file = openSync(this.path, 'r');
    try {
      return fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  }

  private read(from: number, to: number): string {
    if (to <= from) return '';
    const buffer = Buffer.alloc(to - from);
    const file = openSync(this.path, 'r');
    try {
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
    } finally {
      closeSync(file);
    }
  }
}
