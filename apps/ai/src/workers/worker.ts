import { parentPort, workerData } from 'node:worker_threads';
import { outcomeOf } from './outcome-of.js';
import type { Job, WorkerData } from './job.js';

const data = workerData as WorkerData;

parentPort?.on('message', (job: Job) => parentPort?.postMessage(outcomeOf(job, data)));
