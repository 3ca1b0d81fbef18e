import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateDiagnostic } from '@techze/contracts';
import { z } from 'zod';
import {
  isMissing,
  makeFolder,
  moveDurably,
  removeDurably,
  removeOldDrafts,
  writeDurably,
} from '../state/durable-file.js';
import { parseJson } from '../state/parse-json.js';
import { ProcessLock } from '../state/process-lock.js';
import {
  entryOf,
  nameOf,
  readSpooled,
  type Recipient,
  type SpooledDiagnostic,
  type SpoolEntry,
  writeSpooled,
} from './spooled-file.js';

export interface SpoolLimits {
  count: number;
  bytes: number;
}

/** Five days of a diagnostic every fifteen minutes; a full one is 20 to 100 kB, at most 1 MiB. */
export const spoolLimits: SpoolLimits = { count: 500, bytes: 256 * 1024 * 1024 };

/** Of what nobody will send again, the newest are kept for a person to look at. */
const MAX_KEPT_ASIDE = 50;

const Dropped = z.object({ count: z.number().int().min(0), last_at: z.iso.datetime() });
export type Dropped = z.infer<typeof Dropped>;

/** Why the server would not have a diagnostic, beside it in `rejected`. */
export interface Rejection {
  message: string;
  hints: readonly string[];
}

/**
 * Diagnostics on their way, one file each, on the disk before anything is sent. Whole files only: written aside and
 * renamed. When it is full the oldest gives way, which is counted.
 */
export class Spool {
  constructor(
    readonly folder: string,
    private readonly limits: SpoolLimits = spoolLimits,
  ) {}

  /** @throws when the disk will not take it; `dropped` tells how many had to give way */
  add(diagnostic: CreateDiagnostic, { server, sender }: Recipient): { entry: SpoolEntry; dropped: number } {
    const pending = this.make('pending');
    const fresh = { key: randomUUID(), collectedAt: new Date(diagnostic.collected_at), firstTriedAt: null };
    const entry = { ...fresh, name: nameOf(fresh) };
    const text = writeSpooled(entry.key, { server, sender, payload: JSON.stringify(diagnostic) });
    const dropped = this.makeRoom(Buffer.byteLength(text));
    writeDurably(join(pending, entry.name), text);
    return { entry, dropped };
  }

  /** What waits, oldest first. */
  list(): SpoolEntry[] {
    return this.namesIn('pending')
      .map(entryOf)
      .filter((entry) => entry !== undefined);
  }

  /** @throws CorruptEntryError; undefined when it is gone */
  read(entry: SpoolEntry): SpooledDiagnostic | undefined {
    try {
      return readSpooled(entry, readFileSync(this.path('pending', entry.name), 'utf8'));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Notes before the first try that there is one: from then on its outcome may be unknown. Undefined when it is gone. */
  markTried(entry: SpoolEntry, now: Date): SpoolEntry | undefined {
    if (entry.firstTriedAt !== null) return entry;
    const tried = { ...entry, firstTriedAt: now };
    const marked = { ...tried, name: nameOf(tried) };
    const moved = moveDurably(this.path('pending', entry.name), this.path('pending', marked.name));
    return moved ? marked : undefined;
  }

  /** It is stored, or was dropped by another process: either way it no longer waits. */
  remove(entry: SpoolEntry): void {
    removeDurably(this.path('pending', entry.name));
  }

  reject(entry: SpoolEntry, rejection: Rejection): void {
    const folder = this.make('rejected');
    writeDurably(join(folder, `${entry.name}.reason`), `${JSON.stringify(rejection, null, 2)}\n`);
    moveDurably(this.path('pending', entry.name), join(folder, entry.name));
    this.keepNewest('rejected');
  }

  quarantine(entry: SpoolEntry): void {
    moveDurably(this.path('pending', entry.name), join(this.make('corrupt'), entry.name));
    this.keepNewest('corrupt');
  }

  /** What the server would not have, oldest first, with its reason where that was written. */
  rejected(): { entry: SpoolEntry; reason: string | undefined }[] {
    return this.namesIn('rejected').flatMap((name) => {
      const entry = entryOf(name);
      return entry ? [{ entry, reason: this.reasonOf(name) }] : [];
    });
  }

  corruptCount(): number {
    return this.namesIn('corrupt').length;
  }

  /** Removes what was rejected and what was damaged. @returns how many diagnostics that were */
  purge(): number {
    const count = this.rejected().length + this.corruptCount();
    for (const folder of ['rejected', 'corrupt']) rmSync(this.path(folder), { recursive: true, force: true });
    return count;
  }

  /** Bytes of what waits. */
  bytes(): number {
    return this.list().reduce((total, { name }) => total + this.sizeOf(name), 0);
  }

  /** How many gave way because the spool was full, ever. */
  dropped(): Dropped | undefined {
    try {
      return parseJson(readFileSync(this.path('dropped.json'), 'utf8'), Dropped);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** One sender at a time. @throws LockHeldError */
  lock(): ProcessLock {
    this.make();
    const lock = ProcessLock.take(this.path('sender.lock'));
    for (const folder of [this.folder, this.make('pending')]) removeOldDrafts(folder, Date.now());
    return lock;
  }

  private makeRoom(bytes: number): number {
    const waiting = this.list().map((entry) => ({ entry, size: this.sizeOf(entry.name) }));
    let total = waiting.reduce((sum, { size }) => sum + size, bytes);
    let count = waiting.length + 1;
    let dropped = 0;
    for (const { entry, size } of waiting) {
      if (count <= this.limits.count && total <= this.limits.bytes) break;
      if (removeDurably(this.path('pending', entry.name))) dropped += 1;
      count -= 1;
      total -= size;
    }
    if (dropped > 0) this.countDropped(dropped);
    return dropped;
  }

  private countDropped(more: number): void {
    const count = (this.dropped()?.count ?? 0) + more;
    const dropped: Dropped = { count, last_at: new Date().toISOString() };
    writeDurably(this.path('dropped.json'), `${JSON.stringify(dropped)}\n`);
  }

  private keepNewest(folder: string): void {
    const names = this.namesIn(folder).filter((name) => entryOf(name) !== undefined);
    for (const name of names.slice(0, -MAX_KEPT_ASIDE)) {
      rmSync(this.path(folder, name), { force: true });
      rmSync(this.path(folder, `${name}.reason`), { force: true });
    }
  }

  private reasonOf(name: string): string | undefined {
    try {
      const text = readFileSync(this.path('rejected', `${name}.reason`), 'utf8');
      return parseJson(text, z.object({ message: z.string() }))?.message;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private sizeOf(name: string): number {
    return statSync(this.path('pending', name), { throwIfNoEntry: false })?.size ?? 0;
  }

  private namesIn(folder: string): string[] {
    try {
      return readdirSync(this.path(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  private make(...names: string[]): string {
    const path = this.path(...names);
    makeFolder(path);
    return path;
  }

  private path(...names: string[]): string {
    return join(this.folder, ...names);
  }
}
