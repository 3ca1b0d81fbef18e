import { Injectable } from '@nestjs/common';
import { toProblem } from '@techze/bootstrap';
import {
  CreateDiagnostic,
  Problem,
  toFaults,
  type CreateDiagnostics,
  type CreatedDiagnostics,
  type DiagnosticBatchItem,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext, Logger, runWith } from '@techze/observability';
import { identityKeys, identityOf } from '../devices/device-identity.js';
import { chainsOf } from './batch-chains.js';
import { DiagnosticIntake } from './diagnostic-intake.service.js';

/** So many chains are under way at once: a batch leaves connections and turns to everybody else. */
const CONCURRENCY = 6;
/** So long before the deadline no more is begun or waited for: the answer has to get home. */
const ANSWER_MS = 1_000;
/** After so many items that were only looked at, others get their turn. */
const LOOKED_AT_ONCE = 20;

type Result = CreatedDiagnostics['results'][number];
/** What became of one item, and whether it had been done before. */
type Outcome = { readonly result: Result; readonly replayed: boolean };

/** Takes many diagnostics in at once, each in a transaction of its own: none loses the others. */
@Injectable()
export class DiagnosticBatches {
  private readonly logger: Logger;

  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly intake: DiagnosticIntake,
    logger: Logger,
  ) {
    this.logger = logger.named('diagnostics');
  }

  /**
   * Every item has its result. One that is not reached in time is `deadline-exceeded`; sent again under the same
   * Idempotency-Key, the batch replays what was done and does the rest.
   * @throws Problem `idempotency-key-reused` when the key came with another batch before
   */
  async create({ items }: CreateDiagnostics): Promise<CreatedDiagnostics> {
    await this.claimKey(items);
    const bodies = await readItems(items);
    const chains = chainsOf(marksOf(bodies));
    const outcomes: Outcome[] = [];
    const work = async () => {
      for (let chain = chains.shift(); chain; chain = chains.shift()) {
        for (const index of chain) outcomes[index] = await this.take(index, bodies[index]);
      }
    };
    const deadline = (currentContext()?.deadline ?? Infinity) - ANSWER_MS;
    await runWith({ deadline }, () => Promise.all(Array.from({ length: CONCURRENCY }, work)));
    const stored = outcomes.filter(({ result }) => 'id' in result);
    return {
      results: outcomes.map(({ result }) => result),
      replayed: stored.length > 0 && stored.every(({ replayed }) => replayed),
    };
  }

  /** The key is this batch's from now on, whatever becomes of its items. */
  private async claimKey(items: readonly DiagnosticBatchItem[]): Promise<void> {
    if (currentContext()?.idempotencyKey === undefined) return;
    const scope = { route: 'POST /api/v1/diagnostics/batch', requestBody: items };
    await this.database.write((manager) => this.idempotency.once(manager, scope, () => Promise.resolve(null)));
  }

  private async take(index: number, body: CreateDiagnostic | Problem | undefined): Promise<Outcome> {
    try {
      if (body === undefined || body instanceof Problem) throw body ?? new Problem('internal');
      if ((currentContext()?.deadline ?? Infinity) <= Date.now()) throw new Problem('deadline-exceeded');
      const scope = { route: 'POST /api/v1/diagnostics/batch: item', requestBody: body };
      const { value, replayed } = await runWith(keysOfItem(index), () => this.intake.take(body, scope, ({ id }) => id));
      return { result: { index, status: 201, id: value }, replayed };
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status === 500) this.logger.error('an item of a batch failed', { index, err: problem.cause });
      return { result: { index, problem: problem.toMessage() }, replayed: false };
    }
  }
}

/** Each item as what a POST of it alone would take, or the problem that it would get. */
async function readItems(items: readonly DiagnosticBatchItem[]): Promise<(CreateDiagnostic | Problem)[]> {
  const bodies: (CreateDiagnostic | Problem)[] = [];
  for (const [index, item] of items.entries()) {
    bodies.push('problem' in item ? Problem.fromMessage(item.problem) : read(index, item.diagnostic));
    if (index % LOOKED_AT_ONCE === LOOKED_AT_ONCE - 1) await new Promise(setImmediate);
  }
  return bodies;
}

function read(index: number, diagnostic: unknown): CreateDiagnostic | Problem {
  const parsed = CreateDiagnostic.safeParse(diagnostic);
  if (parsed.success) return parsed.data;
  const errors = toFaults(parsed.error.issues).map(({ pointer, detail }) => ({
    pointer: `/diagnostics/${index}${pointer}`,
    detail,
  }));
  return new Problem('validation-failed', { errors });
}

/** By what two items could be of one device. A batch that names devices in both ways is one chain: an id tells no marks. */
function marksOf(bodies: readonly (CreateDiagnostic | Problem)[]): string[][] {
  const sound = bodies.filter((body): body is CreateDiagnostic => !(body instanceof Problem));
  const one =
    currentContext()?.principal?.kind === 'agent' || new Set(sound.map(({ device }) => device !== undefined)).size > 1;
  return bodies.map((body) => {
    if (body instanceof Problem) return [];
    if (one) return ['one'];
    return body.device ? identityKeys(identityOf(body.device)) : [`id:${body.device_id}`];
  });
}

/** An item is done once under the key of its batch, and under the batch's own id when that is delivered again. */
function keysOfItem(index: number): { idempotencyKey?: string; messageId?: string } {
  const { idempotencyKey, messageId } = currentContext() ?? {};
  return {
    ...(idempotencyKey !== undefined && { idempotencyKey: `${idempotencyKey}/${index}` }),
    ...(messageId !== undefined && { messageId: `${messageId}/${index}` }),
  };
}
