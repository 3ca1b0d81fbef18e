import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

/** Kinds of things that have a public id: the prefix of that id. */
export type IdPrefix =
  | 'dgn'
  | 'dev'
  | 'fnd'
  | 'tnt'
  | 'cus'
  | 'sit'
  | 'ent'
  | 'crd'
  | 'thr'
  | 'mtw'
  | 'aud'
  | 'evt'
  | 'ses'
  | 'key'
  | 'ott'
  | 'anm'
  | 'rec';

/** A new public id: the prefix and the 32 lowercase hex digits of a UUIDv7, so ids sort by the time they were made. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${uuidv7().replaceAll('-', '')}`;
}

/** A new bare UUIDv7: user ids are ids without a prefix. */
export function newUuid(): string {
  return uuidv7();
}

/** The schema of an id with that prefix. */
export function idSchema(prefix: IdPrefix) {
  return z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `must be ${prefix}_ and 32 lowercase hex digits`);
}

/** The reserved tenant of the installation's operators; it holds no customer data. */
export const SYSTEM_TENANT_ID = 'tnt_system';
