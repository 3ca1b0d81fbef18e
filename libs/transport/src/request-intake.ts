import type { MessageHandler } from '@nestjs/microservices';
import {
  Problem,
  type ProblemCode,
  type Idempotence,
  type Principal,
  type Role,
  type ServiceName,
} from '@techze/contracts';
import { CommitMark, continueTrace, runInContext, type Logger, type RequestContext } from '@techze/observability';
import type { ContextVerifier } from './context-verifier.js';
import type { DeadLetters } from './dead-letters.js';
import { decodeFrame, type RequestEnvelope } from './envelope.js';
import type { FrameSplitter } from './frame-splitter.js';
import { runHandler, type WithHooks } from './handler-runner.js';
import type { CommandExtras } from './handles-command.decorator.js';
import type { Settlements } from './settlements.js';
import type { Slots } from './slots.js';
import type { StreamEntry } from './stream-entry.js';
import { StreamsContext } from './streams-context.js';
import { maxDeliveries } from './timings.js';
import { transportExpiredTotal, transportRequestsTotal } from './transport.metrics.js';

/** What a request intake needs of the server that owns it. */
export interface IntakeHost {
  readonly service: ServiceName;
  readonly stream: string;
  readonly handlers: ReadonlyMap<string, MessageHandler>;
  readonly withHooks: WithHooks;
}

/** Works on entries of the request stream: every request by itself, once, and a reply for each. */
export class RequestIntake {
  /** Ids under way: a caller that fears its request lost sends it again under the same id. */
  private readonly running = new Set<string>();

  constructor(
    private readonly host: IntakeHost,
    private readonly verifier: ContextVerifier,
    private readonly slots: Slots,
    private readonly settlements: Settlements,
    private readonly deadLetters: DeadLetters,
    private readonly splitter: FrameSplitter,
    private readonly logger: Logger,
  ) {}

  /**
   * Settles when every request of the entry has its reply. Never rejects.
   * @returns whether the entry is done; if not it stays pending
   */
  async work(entry: StreamEntry): Promise<boolean> {
    const { requests, faults } = decodeFrame(entry.fields);
    for (const { reason, raw } of faults) this.deadLetters.keep(this.host.stream, entry.id, reason, raw);
    if (entry.redelivered && requests.length > 1) return this.takeApart(entry, requests);
    this.slots.take(requests.length);
    await Promise.all(requests.map((request) => this.answer(request, entry)));
    return true;
  }

  private async takeApart(entry: StreamEntry, requests: readonly RequestEnvelope[]): Promise<boolean> {
    try {
      await this.splitter.split(entry, requests);
      return true;
    } catch (error) {
      this.logger.warn('a redelivered frame could not be taken apart', { entry: entry.id, reason: String(error) });
      return false;
    }
  }

  /** One async function from the token to the reply: each further one costs every request. */
  private async answer(request: RequestEnvelope, entry: StreamEntry): Promise<void> {
    let outcome = 'duplicate';
    const commits = new CommitMark();
    if (!this.running.has(request.id)) {
      this.running.add(request.id);
      try {
        const principal = await this.verifier.verify(request.token);
        const data = await this.execute(request, entry, principal, commits);
        // Stringified here: a result that is not JSON is the handler's fault, not the reply's.
        this.settlements.reply(request.reply, JSON.stringify({ id: request.id, data, lsn: commits.lsn }));
        outcome = 'ok';
      } catch (error) {
        outcome = this.refuse(request, error, commits.lsn);
      }
      this.running.delete(request.id);
    }
    this.slots.give(1);
    const pattern = this.known(request.pattern);
    transportRequestsTotal.add(`${pattern} ${outcome}`, () => ({ service: this.host.service, pattern, outcome }));
  }

  private execute(
    request: RequestEnvelope,
    entry: StreamEntry,
    principal: Principal,
    commits: CommitMark,
  ): Promise<unknown> {
    const handler = this.host.handlers.get(request.pattern);
    if (!handler || handler.isEventHandler)
      throw new Problem('internal', { cause: `no handler for ${request.pattern}` });
    // The edge asked already; a message that came round it gets no further than it would there.
    if (!rolesOf(handler).includes(principal.role)) throw new Problem('forbidden');
    // Looked at last, so that whatever held this process up before counts.
    if (request.deadline <= Date.now()) {
      transportExpiredTotal.inc({ service: this.host.service });
      throw new Problem('deadline-exceeded');
    }
    if (entry.deliveries > maxDeliveries) {
      this.deadLetters.keep(this.host.stream, entry.id, 'too-many-deliveries', request);
      throw new Problem('internal', { cause: `given up after ${entry.deliveries - 1} deliveries` });
    }
    if (entry.redelivered && idempotenceOf(handler) === false) throw new Problem('outcome-unknown');
    const context = new StreamsContext([request, entry.deliveries]);
    return runInContext(contextOf(request, principal, entry.redelivered, commits), () =>
      this.host.withHooks(context, () => runHandler(handler, request.data, context)),
    );
  }

  /** @returns the code of the problem that the caller gets */
  private refuse(request: RequestEnvelope, error: unknown, lsn: string | undefined): ProblemCode {
    const problem = error instanceof Problem ? error : new Problem('internal', { cause: error });
    if (problem.status === 500 || problem.cause !== undefined)
      this.logger.error('request failed', {
        pattern: request.pattern,
        request_id: request.request_id,
        code: problem.code,
        err: problem.cause ?? problem,
      });
    this.settlements.reply(request.reply, JSON.stringify({ id: request.id, problem: problem.toMessage(), lsn }));
    return problem.code;
  }

  /** Labels come only from our own handlers: a forged pattern must not grow the metrics. */
  private known(pattern: string): string {
    return this.host.handlers.has(pattern) ? pattern : 'unknown';
  }
}

export function idempotenceOf(handler: MessageHandler): Idempotence {
  return (handler.extras as Partial<CommandExtras> | undefined)?.idempotent ?? false;
}

function rolesOf(handler: MessageHandler): readonly Role[] {
  return (handler.extras as Partial<CommandExtras> | undefined)?.roles ?? [];
}

function contextOf(
  request: RequestEnvelope,
  principal: Principal,
  redelivered: boolean,
  commits: CommitMark,
): RequestContext {
  return {
    requestId: request.request_id,
    trace: continueTrace(request.traceparent, request.tracestate),
    deadline: request.deadline,
    principal,
    token: request.token,
    messageId: request.id,
    redelivered,
    ...(request.idempotency_key !== undefined && { idempotencyKey: request.idempotency_key }),
    ipAddress: request.ip_address,
    userAgent: request.user_agent,
    readPrimary: request.read_primary,
    readAfter: request.read_after,
    commits,
  };
}
