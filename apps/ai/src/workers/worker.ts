import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { outcomeOf } from './outcome-of.js';
import type { Job, WorkerData } from './job.js';
import type { ThreadNumber } from './worker-thread.js';

const data = workerData as WorkerData;

const thread = threadNumber();
if (thread !== undefined) parentPort?.postMessage({ thread } satisfies ThreadNumber);

parentPort?.on('message', (job: Job) => {
  const outcome = outcomeOf(job, data);
  parentPort?.postMessage(outcome, 'answer' in outcome ? [outcome.answer.buffer as ArrayBuffer] : []);
});

/** Linux knows each thread by a number of its own. */
function threadNumber(): number | undefined {
  try {
    return Number(basename(readlinkSync('/proc/thread-self')));
  } catch {
    return undefined;
  }
}
