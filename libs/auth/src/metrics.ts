import { Counter, Gauge } from 'prom-client';

export const authKeyLoaded = new Gauge({
  name: 'auth_key_loaded',
  help: 'Keys of tokens that this process has loaded: 1 for each, by what it is used for (verify, sign).',
  labelNames: ['kid', 'issuer', 'use'] as const,
});
export const authKeyReloadsTotal = new Counter({
  name: 'auth_key_reloads_total',
  help: 'Key files that were found changed: loaded, or refused, which leaves the keys as they were.',
  labelNames: ['result'] as const,
});
