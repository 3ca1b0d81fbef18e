import { z } from 'zod';

/** A whole number in a range. */
export function optionalInteger(min: number, max: number) {
  return z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .optional();
}

/** A whole number in a range, with a default. */
export function integer(min: number, max: number, fallback: number) {
  return optionalInteger(min, max).default(fallback);
}

/** `true` or `false`, with a default. */
export function flag(fallback: boolean) {
  return z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((value) => value === 'true')
    .default(fallback);
}

/** Text that must be there. */
export function required(what: string) {
  return z.string({ error: `is missing: ${what}` }).min(1, `is empty: ${what}`);
}

/** A list separated by commas; empty when absent. */
export function list() {
  return z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .default([]);
}

/** As many different bytes as 32 random ones have at the very least; what people type has fewer. */
const DISTINCT_BYTES_MIN = 16;

/** A key of at least 32 random bytes, base64url, that comes as a file. */
export function randomKey(what: string) {
  return required(what)
    .regex(/^[A-Za-z0-9_-]{43,}$/, 'must be at least 32 bytes, base64url')
    .refine(
      (text) => new Set(Buffer.from(text, 'base64url')).size >= DISTINCT_BYTES_MIN,
      'is not random: make a new key',
    )
    .transform((text) => Buffer.from(text, 'base64url'));
}
