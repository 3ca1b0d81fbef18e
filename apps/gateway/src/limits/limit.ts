import { Problem } from '@techze/contracts';
import type { Charge, Verdict } from '@techze/limits';
import type { FastifyReply } from 'fastify';
import { rateLimitedTotal } from './metrics.js';

/** A charge by the name that callers and graphs know it by. */
export interface Limit extends Charge {
  /** Of the policy, in the RateLimit fields. */
  readonly policy: string;
  /** Label of `rate_limited_total`. */
  readonly class: string;
}

/** Says in the fields of draft-ietf-httpapi-ratelimit-headers-10 what the decisive limit is, and what is left of it. */
export function sayLimit(reply: FastifyReply, { policy, rate }: Limit, { remaining, resetMs }: Verdict): void {
  void reply
    .header('ratelimit-policy', `"${policy}";q=${rate.limit};w=${rate.windowMs / 1_000}`)
    .header('ratelimit', `"${policy}";r=${remaining};t=${secondsOf(resetMs)}`);
}

/** The refusal of a limit, counted. */
export function refusal(limit: Pick<Limit, 'class'>, resetMs: number): Problem {
  rateLimitedTotal.inc({ class: limit.class });
  return new Problem('rate-limited', { retryAfterSeconds: secondsOf(resetMs) });
}

/** What frees a place is one millisecond past the window: nobody means that one. */
function secondsOf(ms: number): number {
  return Math.max(Math.ceil((ms - 1) / 1_000), 1);
}
