import { Problem } from './problem.js';

/** Limits of a JSON body (api.md, "Limits"). */
const DEPTH_MAX = 32;
const KEYS_MAX = 1_000;
const EVIDENCE_KEYS_MAX = 20_000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** A body that the edge did not parse: no schema is asked about it before somebody does. */
export class UnparsedJson {
  constructor(readonly bytes: Buffer) {}
}

/**
 * What JSON.parse made of a body, held to the limits of all bodies.
 * @throws Problem when it is too deep, too wide, or has a key that could reach a prototype
 */
export function inspectJson(value: unknown): void {
  inspect(value, 1, 'outside');
}

/** Where a value stands: `sections.<name>.data` may be wide, for it is a machine's evidence. */
type Place = 'outside' | 'sections' | 'section' | 'evidence';

function inspect(value: unknown, depth: number, place: Place): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEPTH_MAX) throw new Problem('json-too-deep');
  if (Array.isArray(value)) {
    const inside = place === 'evidence' ? 'evidence' : 'outside';
    for (const [index, item] of value.entries()) {
      if (isTooBig(item)) value[index] = `${item}`;
      else inspect(item, depth + 1, inside);
    }
    return;
  }
  const keys = Object.keys(value);
  if (keys.length > (place === 'evidence' ? EVIDENCE_KEYS_MAX : KEYS_MAX)) throw new Problem('json-too-wide');
  for (const key of keys) {
    if (FORBIDDEN_KEYS.has(key)) throw new Problem('json-forbidden-key');
    const member = (value as Record<string, unknown>)[key];
    if (isTooBig(member)) (value as Record<string, unknown>)[key] = `${member}`;
    else inspect(member, depth + 1, placeOf(key, place));
  }
}

/** 1e400: on its way it would become null, as if nobody had said anything. As a word it stays what it is, a bad value. */
function isTooBig(value: unknown): value is number {
  return value === Infinity || value === -Infinity;
}

function placeOf(key: string, parent: Place): Place {
  if (parent === 'evidence') return 'evidence';
  if (parent === 'sections') return 'section';
  if (parent === 'section') return key === 'data' ? 'evidence' : 'outside';
  return key === 'sections' ? 'sections' : 'outside';
}
