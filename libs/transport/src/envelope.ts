import { ProblemMessage } from '@techze/contracts';
import { z } from 'zod';
import { REPLY_CHANNEL } from './keys.js';

/** Name of an entry's only field, and the version of what is in it: another version is another field. */
export const FRAME_FIELD = 'v1';
export const MAX_FRAME_REQUESTS = 16;
/** A frame grows up to this; a larger request travels alone. */
export const MAX_FRAME_BYTES = 1024 * 1024;
/** The largest body that the API takes is 8 MiB; nothing above this is even parsed. */
export const MAX_ENTRY_BYTES = 9 * 1024 * 1024;

/** One request on the wire. Open: members that a newer sender adds are ignored. */
export const RequestEnvelope = z.object({
  /** Random, so that nobody can answer a request that they have not seen; also what recognises duplicates. */
  id: z.string().min(16).max(64),
  pattern: z.string().min(1).max(128),
  data: z.unknown(),
  reply: z.string().regex(REPLY_CHANNEL),
  /** Epoch milliseconds. */
  deadline: z.number().int().nonnegative(),
  token: z.string().min(1).max(16_384),
  request_id: z.string().min(1).max(128),
  traceparent: z.string().max(256),
  tracestate: z.string().max(512).optional(),
  idempotency_key: z.string().min(1).max(256).optional(),
  ip_address: z.string().max(64).optional(),
  user_agent: z.string().max(1_024).optional(),
  read_primary: z.boolean().optional(),
  /** What instrumentation attached (`ClientProxy.setOnDispatchHook`). */
  metadata: z.record(z.string(), z.string()).optional(),
});
export type RequestEnvelope = z.infer<typeof RequestEnvelope>;

/** A part of an entry that cannot be read. */
export interface FrameFault {
  readonly reason: 'malformed' | 'oversized' | 'wrong-version';
  readonly raw: string;
}
export interface DecodedFrame {
  readonly requests: readonly RequestEnvelope[];
  readonly faults: readonly FrameFault[];
}

/** Joins requests that are already JSON. */
export function encodeFrame(requests: readonly string[]): string {
  return `[${requests.join(',')}]`;
}

/** Reads an entry's fields. Never throws: what cannot be read is a fault, and its neighbours are still requests. */
export function decodeFrame(fields: readonly string[]): DecodedFrame {
  const text = versionedField(fields);
  if (typeof text !== 'string') return { requests: [], faults: [text] };
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return { requests: [], faults: [{ reason: 'malformed', raw: text }] };
  }
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MAX_FRAME_REQUESTS)
    return { requests: [], faults: [{ reason: 'malformed', raw: text }] };
  const requests: RequestEnvelope[] = [];
  const faults: FrameFault[] = [];
  for (const part of parts as unknown[]) {
    const parsed = RequestEnvelope.safeParse(part);
    if (parsed.success) requests.push(parsed.data);
    else faults.push({ reason: 'malformed', raw: text });
  }
  return { requests, faults };
}

/** The text under the version that this process speaks, or why there is none. */
export function versionedField(fields: readonly string[]): string | FrameFault {
  const [name, value = ''] = fields;
  if (fields.some((field) => field.length > MAX_ENTRY_BYTES)) return { reason: 'oversized', raw: value };
  if (name !== FRAME_FIELD) return { reason: 'wrong-version', raw: fields.join(' ') };
  return value;
}

/** One answer on the wire: data, or the problem. */
export interface ReplyEnvelope {
  readonly id: string;
  readonly data?: unknown;
  readonly problem?: ProblemMessage;
}

/** Reads a message of a reply channel; what is not one is nothing. */
export function decodeReplies(text: string): ReplyEnvelope[] {
  let replies: unknown;
  try {
    replies = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(replies) ? replies.filter(isReply) : [];
}

/** By hand, not by schema: this runs for every answer, and `data` is whatever the handler answered. */
function isReply(value: unknown): value is ReplyEnvelope {
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return false;
  return !('problem' in value) || ProblemMessage.safeParse(value.problem).success;
}
