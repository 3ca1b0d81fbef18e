import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
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

/**
 * Reads an export from beginning to end.
 * @param kept genuine heads from outside the database, which the export must hold
 * @param report is told of each fault as it is found
 * @throws NotAnExport
 */
export async function verifyExport(
  file: string,
  keys: AuditPublicKeys,
  kept: (tenantId: string) => Promise<KeptHeads>,
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
  if (header?.kind !== 'export') throw new NotAnExport('the file does not begin as an audit export');
  const { tenant_id, exported_at, filters } = header;
  const whole = Object.keys(filters).length === 0;
  const verifier = new TrailVerifier(tenant_id, keys, fault, whole ? TRAIL_BEGINNING : undefined);
  const anchors = await kept(tenant_id);
  const seen = { from: Infinity, to: 0 };
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
        if (anchor && headHash(anchor) !== headHash(head)) general('the head is not the one in the log', head.batch);
        seen.from = Math.min(seen.from, head.batch);
        seen.to = Math.max(seen.to, head.batch);
        break;
      }
      case 'record': {
        const { kind: _kind, leaf, ...record } = line;
        verifier.takeRecord(record, leaf);
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
    for (const batch of anchors.keys())
      if (batch > seen.to && wasSealedBy(anchors.get(batch), exported_at))
        general('the batch is in the log and not in the export: it was deleted', batch);
  return { ...verdict, tenant_id, exported_at, filters, faults };
}

/** The genuine heads of one tenant in a log of JSON lines; lines of any other kind are passed over. */
export async function headsInLog(file: string, tenantId: string, keys: AuditPublicKeys): Promise<KeptHeads> {
  const heads = new Map<number, SignedHead>();
  for await (const text of linesOf(file)) {
    if (!text.includes(HEAD_LOGGED)) continue;
    const { data } = z.object({ msg: z.literal(HEAD_LOGGED), head: SignedHeadSchema }).safeParse(json(text));
    const key = data && keys.get(data.head.key_id);
    if (key && data.head.tenant_id === tenantId && isSignedBy(data.head, key)) heads.set(data.head.batch, data.head);
  }
  return heads;
}

/** What was sealed after the export was taken cannot be in it. */
function wasSealedBy(head: SignedHead | undefined, moment: string): boolean {
  return head !== undefined && Date.parse(head.sealed_at) < Date.parse(moment);
}

async function* linesOf(file: string): AsyncGenerator<string, undefined> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  return undefined;
}

function parsed(text: string): ExportLine | undefined {
  return ExportLine.safeParse(json(text)).data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
