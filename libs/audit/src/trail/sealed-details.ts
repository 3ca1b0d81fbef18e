import { createHash } from 'node:crypto';
import type { Json } from './canonical-json.js';

/**
 * Personal data in `details`, as it is stored and hashed: in its place `{"$sealed": n}`, and beside them one member
 * `$sealed` with everything, encrypted, and its SHA-256. Who is shown the opened text can check it; who is not learns
 * nothing from the hash, which covers 16 random bytes as well. Without the tenant's key the hashes of the trail stay valid.
 */
export const SEALED = '$sealed';

/** What stands in `details` for personal data whose key was destroyed. */
export const ERASED = { erased: true } as const;

/** Of the opened text: a JSON list of a random text and the values in the order of their numbers. */
export function digestOf(opened: string): string {
  return createHash('sha256').update(opened).digest('hex');
}

/** The hash that the opened text must have; undefined when nothing in there is sealed. */
export function digestIn(details: Json): string | undefined {
  const envelope = members(details)?.[SEALED];
  const digest = members(envelope)?.['sha256'];
  return typeof digest === 'string' ? digest : undefined;
}

/** The details as people read them. @param opened undefined when the key is gone */
export function readable(details: Json, opened: string | undefined): Json {
  if (digestIn(details) === undefined) return details;
  const values = opened === undefined ? undefined : (JSON.parse(opened) as Json[]).slice(1);
  const { [SEALED]: _envelope, ...rest } = members(details) ?? {};
  return restored(rest, values);
}

function restored(value: Json, values: readonly Json[] | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => restored(item, values));
  const object = members(value);
  if (!object) return value;
  const nth = object[SEALED];
  if (typeof nth === 'number') return values ? (values[nth] ?? null) : ERASED;
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, restored(member, values)]));
}

function members(value: Json | undefined): Record<string, Json> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
