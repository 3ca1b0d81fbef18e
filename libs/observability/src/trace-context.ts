import { randomUUID } from 'node:crypto';

/** A position in a distributed trace (W3C Trace Context, level 1). */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly tracestate?: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROES = /^0+$/;
const TRACESTATE_MAX = 512;

/** A child of the caller's position, or the start of a new trace where the header is absent or invalid. */
export function continueTrace(traceparent: string | undefined, tracestate?: string): TraceContext {
  const spanId = randomHex().slice(16);
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const [, version, traceId, parentId, flags, rest] = match ?? [];
  const valid =
    traceId !== undefined &&
    version !== 'ff' &&
    !(version === '00' && rest) &&
    !ZEROES.test(traceId) &&
    !ZEROES.test(parentId ?? '0');
  if (!valid) return { traceId: randomHex(), spanId, sampled: false };
  const sampled = (Number.parseInt(flags ?? '00', 16) & 1) === 1;
  const keep = tracestate !== undefined && tracestate.length <= TRACESTATE_MAX;
  return { traceId, spanId, sampled, ...(keep && { tracestate }) };
}

/** The `traceparent` that hands this position on. */
export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

/** 32 random hex digits, never all zero. Node draws UUIDs from a pool: a tenth of the cost of asking for random bytes. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}
