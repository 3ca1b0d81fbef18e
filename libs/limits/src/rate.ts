import { z } from 'zod';

/** So many in any stretch of time so long. */
export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

const UNITS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
/** What passed is remembered one by one: a limit bounds the memory that a caller can take. */
const LIMIT_MAX = 1_000_000;
const RATE = /^([1-9]\d{0,6})\/(second|minute|hour|day)$/;

/** @param text as the documentation writes it: `100/minute`. @returns undefined for anything else */
export function parseRate(text: string): Rate | undefined {
  const [, count, unit] = RATE.exec(text) ?? [];
  const limit = Number(count);
  if (unit === undefined || limit > LIMIT_MAX) return undefined;
  return { limit, windowMs: UNITS[unit as keyof typeof UNITS] };
}

/** The same rate for so many callers together. */
export function times(factor: number, { limit, windowMs }: Rate): Rate {
  return { limit: limit * factor, windowMs };
}

/** A rate as a setting, with a default. */
export function rate(fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const parsed = parseRate(text);
      if (parsed) return parsed;
      context.addIssue({ code: 'custom', message: 'must be 1 to 1000000 per second, minute, hour or day: 100/minute' });
      return z.NEVER;
    });
}
