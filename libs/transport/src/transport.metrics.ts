import { Counter, Gauge } from 'prom-client';
import { Tally } from './tally.js';

export const transportRequestsTotal = new Tally({
  name: 'transport_requests_total',
  help: 'Requests that this process received, by what became of them (ok, a problem code, duplicate).',
  labelNames: ['service', 'pattern', 'outcome'],
});
export const transportEventsTotal = new Counter({
  name: 'transport_events_total',
  help: 'Deliveries of events to this process, by what became of them (ok, retry, dead).',
  labelNames: ['service', 'type', 'outcome'] as const,
});
export const transportCallsTotal = new Tally({
  name: 'transport_calls_total',
  help: 'Requests that this process sent, by the answer (ok, or a problem code).',
  labelNames: ['service', 'outcome'],
});
export const transportExpiredTotal = new Counter({
  name: 'transport_expired_total',
  help: 'Requests dropped unexecuted because their deadline had passed.',
  labelNames: ['service'] as const,
});
export const transportDeadLettersTotal = new Counter({
  name: 'transport_dead_letters_total',
  help: 'Messages given up and kept in the dead-letter stream, by reason.',
  labelNames: ['service', 'reason'] as const,
});
export const transportRedeliveriesTotal = new Counter({
  name: 'transport_redeliveries_total',
  help: 'Entries taken over from a dead replica, a broken connection or a failed attempt.',
  labelNames: ['service', 'stream'] as const,
});
export const transportResendsTotal = new Counter({
  name: 'transport_resends_total',
  help: 'Requests sent again because Redis or a connection lost them.',
  labelNames: ['service'] as const,
});
export const transportIgnoredRepliesTotal = new Counter({
  name: 'transport_ignored_replies_total',
  help: 'Replies to nothing that this process waits for: late, foreign or forged.',
});
export const transportInFlight = new Gauge({
  name: 'transport_in_flight',
  help: 'Requests and events that this process works on.',
  labelNames: ['stream'] as const,
});
export const transportPending = new Gauge({
  name: 'transport_pending',
  help: 'Calls of this process that wait for their answer.',
  labelNames: ['service'] as const,
});
