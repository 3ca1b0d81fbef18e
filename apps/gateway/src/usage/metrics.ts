import { Counter } from 'prom-client';

export const uncountedUsageTotal = new Counter({
  name: 'api_usage_uncounted_total',
  help: 'Requests missing in the usage record: too much of it waited to be written.',
});
