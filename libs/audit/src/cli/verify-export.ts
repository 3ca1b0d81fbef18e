import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { AuditPublicKeys } from '../trail/audit-keys.js';
import { HEAD_LOGGED, headHash, isSignedBy, type SignedHead } from '../trail/batch-head.js';
import { ExportLine, SignedHeadSchema } from '../trail/export-lines.js';
import { TRAIL_BEGINNING, TrailVerifier, type TrailFault, type TrailVerdict } from '../trail/trail-verifier.js';

/** What an export is, and how it did. */
export interface ExportVerdict extends TrailVerdict {
  readonly tenant_id: string;
  readonly exported_at: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly faults: number;
}

/** The file is no export at all: nothing can be said about it. */
export class NotAnExport extends Error {}

/** Heads by batch that somebody kept elsewhere: the lines of a log. */
export type KeptHeads = ReadonlyMap<number, SignedHead>;

/** What the auditor knows by himself. */
export interface Expectations {
  /** Genuine heads from outside the database, which the export must hold. */
  readonly kept?: (tenantId: string) => Promise<KeptHeads>;
  /** Hash of a head that was noted before: a trail that was rolled back, or rewritten since, does not hold it. */
  readonly head?: string | undefined;
  readonly tenantId?: string | undefined;
  /** Younger batches must be there with every record. */
  readonly retentionDays: number;
  /** When the export was taken (ms). The file is not asked: one that says it is older would excuse what was cut off. */
  readonly takenAt: number;
  /** It was asked for with filters. The file is not asked: one that says so would pass deleted records for left out ones. */
  readonly extract: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** By so much a download and clocks that differ may set the export's time apart from the auditor's. */
const TAKING_MS = 5 * 60 * 1_000;

/**
 * Reads an export from beginning to end.
 * @param report is told of each fault as it is found
 * @throws NotAnExport
 */
export async function verifyExport(
  file: string,
  keys: AuditPublicKeys,
  expected: Expectations,
  report: (fault: TrailFault) => void,
): Promise<ExportVerdict> {
  let faults = 0;
  const fault = (found: TrailFault) => {
    faults += 1;
    report(found);
  };
  const general = (detail: string, batch: number | null = null) =>
    fault({ batch, sequence: null, record_id: null, detail });

  const lines = linesOf(file);
  const first = await lines.next();
  const header = first.done ? undefined : parsed(first.value);
  if (header?.kind !== 'export')
    throw new NotAnExport('the file does not begin as an audit export in NDJSON (a CSV cannot be verified)');
  const { tenant_id, exported_at, filters } = header;
  if (expected.tenantId !== undefined && expected.tenantId !== tenant_id)
    general(`the export is of another tenant (${tenant_id})`);
  const whole = Object.keys(filters).length === 0;
  if (!whole && !expected.extract)
    general('the export says that it was asked for with filters: what it leaves out may be all that was deleted');
  const exportedAt = Date.parse(exported_at);
  if (!(exportedAt >= 0)) throw new NotAnExport('the export does not say when it was taken');
  // Of its own time and the auditor's each counts where it is the stricter one.
  const keptSince = Math.min(exportedAt, expected.takenAt) - expected.retentionDays * DAY_MS;
  const completeUntil = Math.max(exportedAt, expected.takenAt - TAKING_MS);
  const verifier = new TrailVerifier(tenant_id, keys, fault, whole ? TRAIL_BEGINNING : undefined, keptSince);
  const anchors = (await expected.kept?.(tenant_id)) ?? new Map<number, SignedHead>();
  let lastBatch = 0;
  let headFound = false;
  let end: Extract<ExportLine, { kind: 'end' }> | undefined;
  let lineNumber = 1;
  for await (const text of lines) {
    lineNumber += 1;
    const line = parsed(text);
    if (end) general(`line ${lineNumber} stands behind the end`);
    switch (line?.kind) {
      case 'head': {
        const { kind: _kind, ...head } = line;
        verifier.takeHead(head);
        const anchor = anchors.get(head.batch);
        if (Date.parse(head.sealed_at) > exportedAt + TAKING_MS)
          general('the head was sealed after the export says that it was taken: its time is forged', head.batch);
        if (anchor && headHash(anchor) !== headHash(head)) general('the head is not the one in the log', head.batch);
        lastBatch = Math.max(lastBatch, head.batch);
        headFound ||= headHash(head) === expected.head;
        break;
      }
      case 'record': {
        const { kind: _kind, leaf, opened, ...record } = line;
        verifier.takeRecord(record, leaf, opened);
        break;
      }
      case 'leaf':
        if (whole) general(`record ${line.sequence} was left out of a whole export`);
        verifier.takeLeaf(line.sequence, line.leaf);
        break;
      case 'end':
        end = line;
        break;
      case 'export':
      case undefined:
        general(`line ${lineNumber} is not one of an audit export`);
    }
  }
  const verdict = verifier.end();
  if (!end) general('the export is cut off: its last line is missing');
  else if (end.batches !== verdict.batches || end.records !== verdict.records)
    general(`the export says it holds ${end.batches} batches and ${end.records} records: it does not`);
  if (whole)
    for (const [batch, anchor] of anchors)
      // What was sealed after the export was taken cannot be in it.
      if (batch > lastBatch && Date.parse(anchor.sealed_at) < completeUntil)
        general('the batch is in the log and not in the export: it was deleted, or the export is an older one', batch);
  if (expected.head !== undefined && !headFound)
    general(
      'the head that was expected is not in the export: it is an older one, or the trail was rolled back or rewritten',
    );
  return { ...verdict, tenant_id, exported_at, filters, faults };
}

/** The genuine heads of one tenant in a log of JSON lines; lines of any other kind are passed over. */
export async function headsInLog(file: string, tenantId: string, keys: AuditPublicKeys): Promise<KeptHeads> {
  const heads = new Map<number, SignedHead>();
  for await (const text of linesOf(file)) {
    const head = text.includes(HEAD_LOGGED) ? loggedHead(text) : undefined;
    const key = head && keys.get(head.key_id);
    if (key && head.tenant_id === tenantId && isSignedBy(head, key)) heads.set(head.batch, head);
  }
  return heads;
}

function loggedHead(line: string): SignedHead | undefined {
  try {
    return LoggedHead.safeParse(JSON.parse(line)).data?.head;
  } catch {
    return undefined;
  }
}
const LoggedHead = z.object({ msg: z.literal(HEAD_LOGGED), head: SignedHeadSchema });

/** No record is as long: what is belongs to no export, and is not held in memory. */
const LINE_MAX_CHARS = 1024 * 1024;

function unzipped(stream: Readable): Readable {
  const gunzip = createGunzip();
  return stream.once('error', (error) => gunzip.destroy(error)).pipe(gunzip);
}

/** Line by line, also out of a `.gz`. */
async function* linesOf(file: string): AsyncGenerator<string, undefined> {
  const stream = createReadStream(file);
  const chunks = file.endsWith('.gz') ? unzipped(stream) : stream;
  let rest = '';
  for await (const text of chunks.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > LINE_MAX_CHARS)
      throw new NotAnExport('the file has a line of more than 1 MiB: it is no audit export');
  }
  if (rest !== '') yield rest;
  return undefined;
}

function parsed(text: string): ExportLine | undefined {
  try {
    return ExportLine.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON, or nested beyond what anybody means.
    return undefined;
  }
}
