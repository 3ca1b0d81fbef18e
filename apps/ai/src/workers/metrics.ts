import { Counter, Gauge, Histogram } from 'prom-client';

export const workersBusy = new Gauge({ name: 'ai_workers_busy', help: 'Worker threads that compute just now.' });
export const workersQueued = new Gauge({
  name: 'ai_workers_queued',
  help: 'Computations that wait for a worker thread.',
});
export const workerJobSeconds = new Histogram({
  name: 'ai_worker_job_seconds',
  help: 'Time of one computation in a worker thread.',
  labelNames: ['kind'] as const,
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
});
export const workerRefusedTotal = new Counter({
  name: 'ai_worker_refused_total',
  help: 'Computations that were not done: overloaded, over their deadline, or lost with their thread.',
  labelNames: ['reason'] as const,
});
