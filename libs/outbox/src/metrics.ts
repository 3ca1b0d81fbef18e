import { Counter, Gauge } from 'prom-client';

export const outboxPending = new Gauge({
  name: 'outbox_pending',
  help: 'Events that some consumer has not taken yet, of the whole suite, counted up to 10,000.',
});
export const outboxPublishedTotal = new Counter({
  name: 'outbox_published_total',
  help: 'Events that this process put on the bus for the first time.',
  labelNames: ['type'] as const,
});
export const outboxRepublishedTotal = new Counter({
  name: 'outbox_republished_total',
  help: 'Events that this process put on the bus again because a consumer had not taken them.',
  labelNames: ['type'] as const,
});
