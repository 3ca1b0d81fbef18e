import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '@techze/contracts';
import type { OpenSegment } from '../models/segments/index.js';
import type { Lack } from '../models/series/index.js';
import type { Seasonality } from '../models/univariate/index.js';
import type { Kept } from './anomaly-detection-streams.js';

/** Of this format; another one is refused. */
const VERSION = 1;
const MAC_BYTES = 32;

/** Where a stream was left: what it kept, and what it may be gone on with. */
export interface Resumed extends Kept {
  readonly seasonality: Seasonality;
  /** The time of the newest row that it was given. */
  readonly lastAt: number;
  /** What its columns lack so far, in their order. */
  readonly lacks: readonly Lack[];
}

/** Whose state it is. */
interface Owner {
  readonly stateKey: Uint8Array;
  readonly tenantId: string;
}

interface Head {
  readonly version: number;
  readonly subject: string;
  readonly seasonality: Seasonality;
  readonly last_at: number;
  readonly lacks: readonly Lack[];
  readonly open: OpenSegment | null;
  readonly silence_bytes: number;
}

/**
 * As base64: a head that says of what it is, what the models kept, and a signature over all of it and the tenant, so that
 * a model only ever reads bytes that it wrote itself.
 */
export function sealState(state: Resumed & { readonly subject: string }, owner: Owner): string {
  const { subject, seasonality, lastAt, lacks, open, silence, detector } = state;
  const head: Head = {
    version: VERSION,
    subject,
    seasonality,
    last_at: lastAt,
    lacks,
    open,
    silence_bytes: silence.byteLength,
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const bytes = Buffer.concat([length, text, silence, detector]);
  return Buffer.concat([bytes, macOf(bytes, owner)]).toString('base64');
}

/** @throws Problem `invalid-state` for what this service did not give this tenant for such a series */
export function openState(text: string | undefined, subject: string, owner: Owner): Resumed | undefined {
  if (text === undefined) return undefined;
  const sealed = Buffer.from(text, 'base64');
  const bytes = sealed.subarray(0, -MAC_BYTES);
  // Base64 is lenient: of several texts for the same bytes, ours is the only one.
  if (sealed.length <= MAC_BYTES + 4 || sealed.toString('base64') !== text) throw new Problem('invalid-state');
  if (!timingSafeEqual(sealed.subarray(-MAC_BYTES), macOf(bytes, owner))) throw new Problem('invalid-state');
  const headEnd = 4 + bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', 4, headEnd)) as Head;
  if (head.version !== VERSION || head.subject !== subject) throw new Problem('invalid-state');
  const { seasonality, last_at: lastAt, lacks, open, silence_bytes } = head;
  const silence = aligned(bytes.subarray(headEnd, headEnd + silence_bytes));
  return { seasonality, lastAt, lacks, open, silence, detector: aligned(bytes.subarray(headEnd + silence_bytes)) };
}

/** Models may look at their bytes as numbers, which have to begin where numbers can. */
function aligned(bytes: Buffer): Uint8Array {
  return Uint8Array.from(bytes);
}

function macOf(bytes: Buffer, { stateKey, tenantId }: Owner): Buffer {
  return createHmac('sha256', stateKey).update(`techze ai state ${VERSION}\0${tenantId}\0`).update(bytes).digest();
}
