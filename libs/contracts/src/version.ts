import { z } from 'zod';
import { Problem } from './problem.js';

/** Counts the edits of a mutable resource; on the wire it is also the ETag, `"v<version>"`. */
export const version = z.number().int().min(1).describe('Counts the edits; the ETag is "v" and this number.');

/** The versions that an If-Match header names; absent where any will do. */
export const ifMatch = z.array(z.number().int()).max(100).optional();
export type IfMatch = z.infer<typeof ifMatch>;

/** @throws Problem `precondition-failed` when the resource is no longer what the caller has read */
export function requireVersion(current: number, expected: IfMatch): void {
  if (expected && !expected.includes(current)) throw new Problem('precondition-failed');
}
