import { ProblemMessage } from '@techze/contracts';
import { REPLY_CHANNEL } from './keys.js';

/** Name of an entry's only field, and the version of what is in it: another version is another field. */
export const FRAME_FIELD = 'v1';
export const MAX_FRAME_REQUESTS = 16;
/** A frame grows up to this; a larger request travels alone. */
export const MAX_FRAME_BYTES = 1024 * 1024;
/** A longer user agent is cut: it is only noted down. */
export const MAX_USER_AGENT = 1_024;
/** The largest body that the API takes is 8 MiB; nothing above this is even parsed. */
export const MAX_ENTRY_BYTES = 9 * 1024 * 1024;

/** One request on the wire. Open: members that a newer sender adds are ignored. */
export interface RequestEnvelope {
  /** Random, so that nobody can answer a request that they have not seen; also what recognises duplicates. */
  readonly id: string;
  readonly pattern: string;
  readonly data?: unknown;
  readonly reply: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly token: string;
  readonly request_id: string;
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
  readonly idempotency_key?: string | undefined;
  readonly ip_address?: string | undefined;
  readonly user_agent?: string | undefined;
  readonly read_primary?: boolean | undefined;
  /** An LSN: what the caller's session wrote must be seen. */
  readonly read_after?: string | undefined;
  /** What instrumentation attached (`ClientProxy.setOnDispatchHook`). */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Lengths of the texts of a request; by hand, not by schema, because this runs for every request (3 µs with zod, 0.2 so). */
const TEXTS: readonly [member: keyof RequestEnvelope, min: number, max: number][] = [
  ['id', 16, 64],
  ['pattern', 1, 128],
  ['token', 1, 16_384],
  ['request_id', 1, 128],
  ['traceparent', 1, 256],
];
const OPTIONAL_TEXTS: readonly [member: keyof RequestEnvelope, min: number, max: number][] = [
  ['tracestate', 0, 512],
  ['idempotency_key', 1, 256],
  ['ip_address', 1, 64],
  ['user_agent', 0, MAX_USER_AGENT],
];

/** A position in PostgreSQL's log. */
const LSN = /^[\dA-F]{1,8}\/[\dA-F]{1,8}$/;

/** Whether a service would take it. */
export function isRequest(value: unknown): value is RequestEnvelope {
  if (typeof value !== 'object' || value === null) return false;
  const request = value as Partial<Record<keyof RequestEnvelope, unknown>>;
  for (const [member, min, max] of TEXTS) if (!isText(request[member], min, max)) return false;
  for (const [member, min, max] of OPTIONAL_TEXTS)
    if (request[member] !== undefined && !isText(request[member], min, max)) return false;
  const { reply, deadline, read_primary, read_after, metadata } = request;
  return (
    typeof reply === 'string' &&
    REPLY_CHANNEL.test(reply) &&
    Number.isSafeInteger(deadline) &&
    (read_primary === undefined || typeof read_primary === 'boolean') &&
    (read_after === undefined || isLsn(read_after)) &&
    (metadata === undefined || isRecordOfTexts(metadata))
  );
}

function isLsn(value: unknown): boolean {
  return typeof value === 'string' && LSN.test(value);
}

function isText(value: unknown, min: number, max: number): boolean {
  return typeof value === 'string' && value.length >= min && value.length <= max;
}

function isRecordOfTexts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

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
    if (isRequest(part)) requests.push(part);
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
  /** Of the newest commit of the work, if it wrote: also what was refused may have written, an audit row for instance. */
  readonly lsn?: string;
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
  if ('lsn' in value && !isLsn(value.lsn)) return false;
  return !('problem' in value) || ProblemMessage.safeParse(value.problem).success;
}
