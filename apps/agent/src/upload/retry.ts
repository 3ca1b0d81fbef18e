import { messageOf } from '../failure.js';
import type { HttpAnswer } from './http-exchange.js';

export interface RetryPolicy {
  maxTries: number;
  /** For all tries and the waits between them. */
  totalMs: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxTries: 5, totalMs: 60_000, firstDelayMs: 500, maxDelayMs: 15_000 };

/** The world that waiting needs; tests bring their own clock. */
export interface RetryClock {
  now(): number;
  pause(ms: number): Promise<void>;
  random(): number;
}

export interface RetryNotice {
  /** Number of the try that failed, from 1. */
  tried: number;
  maxTries: number;
  reason: string;
  delayMs: number;
}

/** No try got through: the server could not be reached, or had no time for us. */
export class OutOfTriesError extends Error {
  override readonly name = 'OutOfTriesError';

  constructor(
    readonly reason: string,
    readonly tries: number,
    /** The last answer, when there was one. */
    readonly answer: HttpAnswer | undefined,
  ) {
    super(reason);
  }
}

/** Too many requests, a part that is down, a proxy without its server: the next try may find things better. */
const passing = new Set([429, 502, 503, 504]);

export function isPassing({ status, text }: HttpAnswer): boolean {
  // The first try timed out here but still runs there; the same key then gets its answer.
  return passing.has(status) || (status === 409 && text.includes('idempotency-key-in-use'));
}

/** `Retry-After` in milliseconds: seconds or an HTTP date. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

type Outcome = { answer: HttpAnswer } | { error: unknown };

/**
 * Tries until there is an answer that another try would not change. Waits as long as the server asks, else twice as
 * long each time with jitter; stops when tries or time are used up.
 * @throws OutOfTriesError
 */
export async function withRetries(
  send: () => Promise<HttpAnswer>,
  clock: RetryClock,
  onRetry: (notice: RetryNotice) => void,
  policy: RetryPolicy = defaultRetryPolicy,
): Promise<HttpAnswer> {
  const deadline = clock.now() + policy.totalMs;
  for (let tried = 1; ; tried++) {
    const outcome: Outcome = await send().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const answer = 'answer' in outcome ? outcome.answer : undefined;
    if (answer !== undefined && !isPassing(answer)) return answer;
    const reason = answer === undefined ? messageOf((outcome as { error: unknown }).error) : `status ${answer.status}`;
    const backoffMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (tried - 1));
    const jitteredMs = backoffMs * (0.5 + clock.random() / 2);
    const askedMs = retryAfterMs(answer?.headers['retry-after'], clock.now()) ?? 0;
    const delayMs = Math.round(Math.max(askedMs, jitteredMs));
    if (tried >= policy.maxTries || clock.now() + delayMs > deadline) throw new OutOfTriesError(reason, tried, answer);
    onRetry({ tried, maxTries: policy.maxTries, reason, delayMs });
    await clock.pause(delayMs);
  }
}
