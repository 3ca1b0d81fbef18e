import { createHash } from 'node:crypto';
import { z } from 'zod';

/** To whom a diagnostic goes, and as whose. */
export const Recipient = z.object({ server: z.url(), sender: z.string().min(1) });
export type Recipient = z.infer<typeof Recipient>;

const Header = Recipient.extend({ format: z.literal(1), key: z.uuid(), sha256: z.string() });

/** A diagnostic in the spool: its name tells what there is to know without opening it. */
export interface SpoolEntry {
  name: string;
  /** The idempotency key, the same for every try. */
  key: string;
  collectedAt: Date;
  /** When it was first sent without an answer being written down; null when it never was. */
  firstTriedAt: Date | null;
}

export interface SpooledDiagnostic extends Recipient {
  /** The body, byte for byte the same at every try. */
  payload: string;
}

/** A file that is not what was written: a dying disk, or an editor. */
export class CorruptEntryError extends Error {
  override readonly name = 'CorruptEntryError';
}

const NAME = /^(\d{8}T\d{9}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.tried-(\d{8}T\d{9}Z))?\.json$/;

const stampOf = (moment: Date) => moment.toISOString().replace(/[-:.]/g, '');

function momentOf(stamp: string): Date {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp) ?? [];
  const [year, month, day, hour, minute, second, ms] = parts.map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, ms));
}

/** Names sort by the moment of collection. */
export function nameOf({ key, collectedAt, firstTriedAt }: Omit<SpoolEntry, 'name'>): string {
  return `${stampOf(collectedAt)}_${key}${firstTriedAt === null ? '' : `.tried-${stampOf(firstTriedAt)}`}.json`;
}

/** Undefined for a file that is none of ours. */
export function entryOf(name: string): SpoolEntry | undefined {
  const [, collected, key, tried] = NAME.exec(name) ?? [];
  if (collected === undefined || key === undefined) return undefined;
  return { name, key, collectedAt: momentOf(collected), firstTriedAt: tried === undefined ? null : momentOf(tried) };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A line that says for whom, and the body on the next. */
export function writeSpooled(key: string, { server, sender, payload }: SpooledDiagnostic): string {
  return `${JSON.stringify({ format: 1, key, server, sender, sha256: sha256(payload) })}\n${payload}\n`;
}

/** @throws CorruptEntryError */
export function readSpooled(entry: SpoolEntry, text: string): SpooledDiagnostic {
  const end = text.indexOf('\n');
  const payload = text.slice(end + 1, -1);
  let json: unknown;
  try {
    json = JSON.parse(text.slice(0, end));
  } catch {
    throw new CorruptEntryError('its first line is not JSON');
  }
  const header = Header.safeParse(json);
  if (!header.success) throw new CorruptEntryError('its first line is not one of ours');
  const { key, server, sender, sha256: expected } = header.data;
  if (key !== entry.key) throw new CorruptEntryError('its key is not that of its name');
  if (sha256(payload) !== expected) throw new CorruptEntryError('its contents have changed');
  return { server, sender, payload };
}
