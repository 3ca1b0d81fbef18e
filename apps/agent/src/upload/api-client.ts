import type { z } from 'zod';
import { type ExitCode, exitCodes, Failure } from '../failure.js';
import { parseJson } from '../state/parse-json.js';
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.js';
import { type CredentialKind, describeAnswer } from './problem-text.js';
import {
  defaultRetryPolicy,
  OutOfTriesError,
  type RetryClock,
  type RetryNotice,
  type RetryPolicy,
  withRetries,
} from './retry.js';
import { endpoint } from './server-url.js';

const TRY_TIMEOUT_MS = 20_000;

export interface ApiOptions {
  clock: RetryClock;
  onRetry: (notice: RetryNotice) => void;
  policy?: RetryPolicy;
  tryTimeoutMs?: number;
  /** Ends what is under way; the methods then reject with its reason. */
  signal?: AbortSignal;
}

/** Nobody answered, or only to say that this is no good time. */
export class UnreachableFailure extends Failure {
  constructor(
    message: string,
    hints: readonly string[],
    readonly retryAfterMs: number,
  ) {
    super(exitCodes.unreachable, message, hints);
  }
}

export interface ApiRequest extends Omit<HttpRequest, 'url' | 'timeoutMs' | 'signal'> {
  path: string;
  /** Not worth a second try. */
  once?: boolean;
}

/** Requests to one server, tried again while that helps; what goes wrong in words. */
export class ApiClient {
  constructor(
    readonly server: URL,
    private readonly options: ApiOptions,
  ) {}

  /** @throws UnreachableFailure (exit 6), or the signal's reason */
  async send({ path, once = false, ...rest }: ApiRequest): Promise<HttpAnswer> {
    const { clock, onRetry, tryTimeoutMs: timeoutMs = TRY_TIMEOUT_MS, signal } = this.options;
    const policy = { ...(this.options.policy ?? defaultRetryPolicy), ...(once && { maxTries: 1 }) };
    const request = { ...rest, url: endpoint(this.server, path), timeoutMs, ...(signal && { signal }) };
    try {
      return await withRetries(() => exchange(request), clock, onRetry, policy, signal);
    } catch (error) {
      if (!(error instanceof OutOfTriesError)) throw error;
      const { answer, reason, tries, retryAfterMs } = error;
      const count = tries === 1 ? 'one try' : `${tries} tries`;
      if (answer === undefined) {
        const message = `${this.server.href} could not be reached in ${count}: ${reason}`;
        throw new UnreachableFailure(message, ['Is the service running, and is this its address?'], retryAfterMs);
      }
      const { message, hints } = describeAnswer(answer);
      throw new UnreachableFailure(`${this.server.href} was not ready in ${count}. ${message}`, hints, retryAfterMs);
    }
  }

  refusal(answer: HttpAnswer, exitCode: ExitCode, kind?: CredentialKind): Failure {
    const { message, hints } = describeAnswer(answer, kind);
    return new Failure(exitCode, message, hints);
  }

  /** @throws Failure (exit 5) when this is not what a TechZe service says: a log-in page of a hotel, another server */
  parse<T>(schema: z.ZodType<T>, answer: HttpAnswer): T {
    const data = parseJson(answer.text, schema);
    if (data !== undefined) return data;
    throw new Failure(exitCodes.refused, `The server answered ${answer.status}, but not as a TechZe service does.`, [
      `Is ${this.server.href} the address of the gateway?`,
    ]);
  }

  addressOf(path: string): string {
    return endpoint(this.server, path).href;
  }
}
