import { createHash } from 'node:crypto';

/** SHA-256 over a canonical form of JSON: the order of keys does not matter, the order of items does. */
export function requestHash(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body, sortKeys) ?? '')
    .digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // Keys that look like array indices come first in every object; all that matters is one order.
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
