import { randomUUID } from 'node:crypto';
import { type CreateDiagnostic, Diagnostic, LoginResponse } from '@techze/contracts';
import { type ExitCode, exitCodes, Failure } from '../failure.js';
import type { Credentials } from './credentials.js';
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.js';
import { describeAnswer } from './problem-text.js';
import { OutOfTriesError, type RetryClock, type RetryNotice, type RetryPolicy, withRetries } from './retry.js';
import { endpoint } from './server-url.js';

const TRY_TIMEOUT_MS = 20_000;

export interface ApiOptions {
  clock: RetryClock;
  onRetry: (notice: RetryNotice) => void;
  policy?: RetryPolicy;
  tryTimeoutMs?: number;
}

/** What the server stored: checked, and as it came (a newer server may say more than this agent knows). */
export interface StoredDiagnostic {
  diagnostic: Diagnostic;
  raw: Record<string, unknown>;
}

/** The part of the HTTP API that the agent speaks. Every method throws `Failure` with the exit code of its cause. */
export class DiagnosticsApi {
  constructor(
    private readonly server: URL,
    private readonly options: ApiOptions,
  ) {}

  /** An access token. A refused log-in is final; an unreachable server is tried again. */
  async logIn(credentials: Credentials): Promise<string> {
    if ('token' in credentials) return credentials.token;
    const answer = await this.send({ method: 'POST', path: '/api/v1/auth/login', body: credentials });
    if (answer.status !== 200) throw this.refusal(answer, exitCodes.loginFailed);
    return this.parse(LoginResponse.pick({ access_token: true }), answer).data.access_token;
  }

  /** Stores the diagnostic once, however often it had to be sent. */
  async create(
    body: CreateDiagnostic,
    token: string,
    idempotencyKey: string = randomUUID(),
  ): Promise<StoredDiagnostic> {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': idempotencyKey };
    const answer = await this.send({ method: 'POST', path: '/api/v1/diagnostics', headers, body });
    if (answer.status === 401) throw this.refusal(answer, exitCodes.loginFailed);
    if (answer.status !== 201 && answer.status !== 200) throw this.refusal(answer, exitCodes.refused);
    const { data, raw } = this.parse(Diagnostic, answer);
    return { diagnostic: data, raw };
  }

  /** Where the diagnostic can be read. */
  addressOf(id: string): string {
    return endpoint(this.server, `/api/v1/diagnostics/${encodeURIComponent(id)}`).href;
  }

  private async send({
    path,
    ...rest
  }: Omit<HttpRequest, 'url' | 'timeoutMs'> & { path: string }): Promise<HttpAnswer> {
    const { clock, onRetry, policy, tryTimeoutMs: timeoutMs = TRY_TIMEOUT_MS } = this.options;
    try {
      return await withRetries(
        () => exchange({ ...rest, url: endpoint(this.server, path), timeoutMs }),
        clock,
        onRetry,
        policy,
      );
    } catch (error) {
      if (!(error instanceof OutOfTriesError)) throw error;
      const { answer, reason, tries } = error;
      const count = tries === 1 ? 'one try' : `${tries} tries`;
      if (answer === undefined) {
        throw new Failure(exitCodes.unreachable, `${this.server.href} could not be reached in ${count}: ${reason}`, [
          'Is the service running, and is this its address?',
        ]);
      }
      const { message, hints } = describeAnswer(answer);
      throw new Failure(exitCodes.unreachable, `${this.server.href} was not ready in ${count}. ${message}`, hints);
    }
  }

  private refusal(answer: HttpAnswer, exitCode: ExitCode): Failure {
    const { message, hints } = describeAnswer(answer);
    return new Failure(exitCode, message, hints);
  }

  private parse<T>(
    schema: { safeParse(value: unknown): { success: boolean; data?: T } },
    answer: HttpAnswer,
  ): { data: T; raw: Record<string, unknown> } {
    try {
      const raw = JSON.parse(answer.text) as Record<string, unknown>;
      const checked = schema.safeParse(raw);
      if (checked.success && checked.data !== undefined) return { data: checked.data, raw };
    } catch {
      // Not JSON: the same answer as for JSON of another shape.
    }
    throw new Failure(exitCodes.refused, `The server answered ${answer.status}, but not as a TechZe service does.`, [
      `Is ${this.server.href} the address of the gateway?`,
    ]);
  }
}
