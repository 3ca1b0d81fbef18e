import { Counter, Gauge } from 'prom-client';

export const eventStreams = new Gauge({
  name: 'event_streams',
  help: 'Streams of server-sent events that are open.',
});
export const eventStreamsCutTotal = new Counter({
  name: 'event_streams_cut_total',
  help: 'Streams of server-sent events that were cut because their reader took nothing for too long.',
});
