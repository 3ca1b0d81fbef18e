import { Counter, Histogram } from 'prom-client';

export const auditSealedTotal = new Counter({
  name: 'audit_sealed_total',
  help: 'Audit records that this process sealed.',
});
export const auditSealingLag = new Histogram({
  name: 'audit_sealing_lag_seconds',
  help: 'Age of the oldest record of a batch when it was sealed.',
  buckets: [0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 600],
});
