import { parentPort, workerData } from 'node:worker_threads';
import { outcomeOf } from './outcome-of.js';
import type { Job, WorkerData } from './job.js';

const data = workerData as WorkerData;

parentPort?.on('message', (job: Job) => {
  const outcome = outcomeOf(job, data);
  parentPort?.postMessage(outcome, 'answer' in outcome ? [outcome.answer.buffer as ArrayBuffer] : []);
});
