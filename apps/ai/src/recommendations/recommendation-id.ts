import { createHash } from 'node:crypto';

/** What a recommendation is about; without a device, about several. */
export interface Subject {
  readonly tenantId: string;
  readonly deviceId: string | null;
  readonly code: string;
  /** Which part. */
  readonly key: string;
}

/**
 * The id says only what a recommendation is about, never how bad it is: so it stays, and a dismissal sticks. Its first half
 * tells the device: whoever dismisses one names nothing else.
 */
export function recommendationIdOf({ tenantId, deviceId, code, key }: Subject): string {
  return `rec_${deviceMark(tenantId, deviceId)}${half(tenantId, deviceId ?? '', code, key)}`;
}

/** The first half of the ids of a device's recommendations; the query in the repository makes the same. */
export function deviceMark(tenantId: string, deviceId: string | null): string {
  return half(tenantId, deviceId ?? '');
}

export function markIn(id: string): string {
  return id.slice('rec_'.length, 'rec_'.length + HALF);
}

const HALF = 16;

function half(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, HALF);
}
