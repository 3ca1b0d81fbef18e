import { Diagnostic, LoginResponse } from '@techze/contracts';
import { z } from 'zod';
import { exitCodes, Failure } from '../failure.js';
import { type ApiClient, UnreachableFailure } from './api-client.js';
import type { Credentials } from './credentials.js';
import type { HttpAnswer } from './http-exchange.js';
import type { CredentialKind } from './problem-text.js';

const PATH = '/api/v1/diagnostics';

/** The least that an answer has to say before a diagnostic counts as stored. */
const Stored = z.object({ id: z.string().regex(/^dgn_[0-9a-f]{32}$/) });

/** What the verdict is made of: of the rest a server of another version may say more or less. */
export const JudgedDiagnostic = Diagnostic.pick({
  id: true,
  type: true,
  status: true,
  partial: true,
  collected_at: true,
  health: true,
  findings: true,
  sections: true,
});
export type JudgedDiagnostic = z.infer<typeof JudgedDiagnostic>;

const Page = z.object({
  data: z.array(
    z.object({
      collected_at: z.string().nullable(),
      agent: z.object({ id: z.string().optional() }).nullable(),
    }),
  ),
  page: z.object({ next_cursor: z.string().nullable() }),
});

/** What became of a diagnostic that was sent. */
export type Delivery =
  | { outcome: 'stored'; id: string; answer: HttpAnswer }
  /** The server will never take it. */
  | { outcome: 'rejected'; failure: Failure; answer: HttpAnswer }
  /** Not now, or not with this credential: another try may find things better. */
  | { outcome: 'kept'; failure: Failure; retryAfterMs: number; serverBroke: boolean };

/** Faults that are in the diagnostic itself. */
const neverPassing = new Set([400, 413, 415, 422]);

export interface Bearer {
  token: string;
  kind: CredentialKind;
}

const authorization = ({ token }: Bearer) => ({ authorization: `Bearer ${token}` });

/** Pages that are looked through for a diagnostic: of one device there are not more in two weeks, even every minute. */
const MAX_PAGES = 100;

/** The part of the HTTP API that the agent speaks with a credential. */
export class DiagnosticsApi {
  constructor(readonly client: ApiClient) {}

  /** An access token. A refused log-in is final; an unreachable server is tried again. */
  async logIn(credentials: Credentials, once = false): Promise<string> {
    if ('token' in credentials) return credentials.token;
    const payload = JSON.stringify(credentials);
    const answer = await this.client.send({ method: 'POST', path: '/api/v1/auth/login', payload, once });
    if (answer.status !== 200) throw this.client.refusal(answer, exitCodes.loginFailed, 'account');
    return this.client.parse(LoginResponse.pick({ access_token: true }), answer).access_token;
  }

  /** Stores the diagnostic once, however often it has to be sent with that key. */
  async deliver(payload: string, idempotencyKey: string, bearer: Bearer): Promise<Delivery> {
    const headers = { ...authorization(bearer), 'idempotency-key': idempotencyKey };
    try {
      const answer = await this.client.send({ method: 'POST', path: PATH, headers, payload });
      return this.outcomeOf(answer, bearer.kind);
    } catch (error) {
      if (!(error instanceof UnreachableFailure)) throw error;
      return { outcome: 'kept', failure: error, retryAfterMs: error.retryAfterMs, serverBroke: false };
    }
  }

  /** The stored diagnostic with its findings and what was noted about its sections; undefined when it cannot be had. */
  async read(id: string, bearer: Bearer): Promise<JudgedDiagnostic | undefined> {
    const path = `${PATH}/${encodeURIComponent(id)}?include=findings,sections`;
    try {
      const answer = await this.client.send({ method: 'GET', path, headers: authorization(bearer), once: true });
      return answer.status === 200 ? this.client.parse(JudgedDiagnostic, answer) : undefined;
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }

  /** @throws Failure (exit 4, 5, 6) when the credential does not open what a diagnostic needs */
  async verify(bearer: Bearer): Promise<void> {
    const request = { method: 'GET', path: `${PATH}?limit=1`, headers: authorization(bearer), once: true } as const;
    const answer = await this.client.send(request);
    if (answer.status === 200) return;
    throw this.client.refusal(answer, answer.status === 401 ? exitCodes.loginFailed : exitCodes.refused, bearer.kind);
  }

  /**
   * Whether this agent's diagnostic of that moment is among those stored between two times.
   * @throws Failure when it cannot be told
   */
  async isStored(
    { agentId, collectedAt, from, to }: { agentId: string; collectedAt: string; from: Date; to: Date },
    bearer: Bearer,
  ): Promise<boolean> {
    const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), limit: '200' });
    const moment = Date.parse(collectedAt);
    for (let read = 0; read < MAX_PAGES; read++) {
      const answer = await this.client.send({
        method: 'GET',
        path: `${PATH}?${query.toString()}`,
        headers: authorization(bearer),
      });
      if (answer.status !== 200) throw this.client.refusal(answer, exitCodes.refused, bearer.kind);
      const { data, page } = this.client.parse(Page, answer);
      const isIt = (one: (typeof data)[number]) =>
        one.agent?.id === agentId && one.collected_at !== null && Date.parse(one.collected_at) === moment;
      if (data.some(isIt)) return true;
      if (page.next_cursor === null) return false;
      query.set('cursor', page.next_cursor);
    }
    throw new Failure(exitCodes.refused, `Over ${MAX_PAGES} pages of diagnostics: not looked through.`);
  }

  private outcomeOf(answer: HttpAnswer, kind: CredentialKind): Delivery {
    const { status } = answer;
    if (status >= 200 && status < 300) {
      try {
        return { outcome: 'stored', id: this.client.parse(Stored, answer).id, answer };
      } catch (error) {
        if (error instanceof Failure) return { outcome: 'kept', failure: error, retryAfterMs: 0, serverBroke: false };
        throw error;
      }
    }
    const failure = this.client.refusal(answer, status === 401 ? exitCodes.loginFailed : exitCodes.refused, kind);
    if (neverPassing.has(status)) return { outcome: 'rejected', failure, answer };
    return { outcome: 'kept', failure, retryAfterMs: 0, serverBroke: status === 500 };
  }
}
