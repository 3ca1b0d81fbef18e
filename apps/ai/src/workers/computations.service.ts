import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Problem } from '@techze/contracts';
import { Logger } from '@techze/observability';
import { aiConfig, type AiConfig } from '../ai.config.js';
import { tenantOfCaller } from '../caller.js';
import { StoredInputs } from '../stored/stored-inputs.service.js';
import { clockMs, type Job, type JobKind, type Outcome, type WorkerData } from './job.js';
import { WorkerPool } from './worker-pool.js';

/** A computation that takes longer answers 503 (ai.md). */
const DEADLINE_MS = 2_000;
/** A few hundred short calls, or eight of the largest; nobody waits so long that an answer would come too late. */
const QUEUE = { jobs: 256, bytes: 64 * 1024 * 1024, waitMs: 4_000 };
/**
 * Of one thread: an 8 MiB body, its rows and what a model makes of them need a third of it. Beyond it the thread ends, not
 * the process. The threads' together, the queue and the process itself stay below the pod's limit (k8s/base/ai.yaml).
 */
export const HEAP_MB = 256;

/** What a request asks of the models, done in worker threads: neither what came nor what goes is parsed here. */
@Injectable()
export class Computations implements OnModuleInit, OnApplicationShutdown {
  private readonly pool: WorkerPool<Job, Outcome>;

  constructor(
    @Inject(aiConfig.token) { stateKey, threads }: AiConfig,
    private readonly stored: StoredInputs,
    logger: Logger,
  ) {
    this.pool = new WorkerPool(
      {
        entry: new URL('./worker.js', import.meta.url),
        threads,
        worker: { workerData: { stateKey } satisfies WorkerData, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } },
        deadlineMs: DEADLINE_MS,
        queue: QUEUE,
      },
      logger.named('workers'),
    );
  }

  onModuleInit(): void {
    this.pool.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }

  /** @returns the answer, as JSON @throws Problem the worker's, the pool's, or of what is stored */
  async answer(kind: JobKind, body: Uint8Array): Promise<Buffer> {
    const tenantId = tenantOfCaller();
    let job: Job = { kind, body, tenantId, begunAt: clockMs(), stored: [] };
    for (;;) {
      const outcome = await this.pool.run(job);
      if ('answer' in outcome)
        return Buffer.from(outcome.answer.buffer, outcome.answer.byteOffset, outcome.answer.byteLength);
      if ('problem' in outcome) throw Problem.fromMessage(outcome.problem);
      if ('failed' in outcome) throw new Problem('internal', { cause: outcome.failed });
      job = { ...job, stored: [...job.stored, await this.stored.read(tenantId, outcome.wanted)] };
    }
  }
}
