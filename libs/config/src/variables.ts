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
