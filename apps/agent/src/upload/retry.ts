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
  /** Rejects when the signal comes first. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
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
    /** How long the server asked to be left alone. */
    readonly retryAfterMs: number,
  ) {
    super(reason);
  }
}

/** Too many requests, a part that is down, a proxy without its server: the next try may find things better. */
const passing = new Set([408, 429, 502, 503, 504]);

export function isPassing({ status, text }: HttpAnswer): boolean {
  // The first try timed out here but still runs there; the same key then gets its answer.
  return passing.has(status) || (status === 409 && text.includes('idempotency-key-in-use'));
}

/** No server means longer than that. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** `Retry-After` in milliseconds: seconds or an HTTP date, at most a day. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** Full jitter: anything up to a limit that doubles with every failure, so that a fleet does not come back as one. */
export function fullJitterMs(
  failures: number,
  { firstDelayMs, maxDelayMs }: Pick<RetryPolicy, 'firstDelayMs' | 'maxDelayMs'>,
  random: number,
): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** Math.max(0, failures - 1)) * random;
}

type Outcome = { answer: HttpAnswer } | { error: unknown };

/**
 * Tries until there is an answer that another try would not change. Waits as long as the server asks, else with back-off
 * and full jitter; stops when tries or time are used up.
 * @throws OutOfTriesError, or the signal's reason
 */
export async function withRetries(
  send: () => Promise<HttpAnswer>,
  clock: RetryClock,
  onRetry: (notice: RetryNotice) => void,
  policy: RetryPolicy = defaultRetryPolicy,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const deadline = clock.now() + policy.totalMs;
  for (let tried = 1; ; tried++) {
    const outcome: Outcome = await send().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const answer = 'answer' in outcome ? outcome.answer : undefined;
    if (answer !== undefined && !isPassing(answer)) return answer;
    signal?.throwIfAborted();
    const reason = answer === undefined ? messageOf((outcome as { error: unknown }).error) : `status ${answer.status}`;
    const askedMs = retryAfterMs(answer?.headers['retry-after'], clock.now()) ?? 0;
    const delayMs = Math.round(Math.max(askedMs, fullJitterMs(tried, policy, clock.random())));
    if (tried >= policy.maxTries || clock.now() + delayMs > deadline) {
      throw new OutOfTriesError(reason, tried, answer, askedMs);
    }
    onRetry({ tried, maxTries: policy.maxTries, reason, delayMs });
    await clock.pause(delayMs, signal);
  }
}
