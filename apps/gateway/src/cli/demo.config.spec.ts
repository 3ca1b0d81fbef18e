import { loadConfig } from '@techze/config';
import { demoConfig } from './demo.config.js';

const load = (environment: Record<string, string>) =>
  loadConfig([demoConfig], { DEMO_ACCOUNTS_FILE: '/tmp/demo.json', ...environment });

test('demo accounts are made where they are asked for', () => {
  expect(load({ TECHZE_DEMO: 'true' }).get(demoConfig.token)).toEqual({ accountsFile: '/tmp/demo.json' });
});

test.each([
  ['in production', { TECHZE_DEMO: 'true', NODE_ENV: 'production' }],
  ['unasked', {}],
  ['where it says no', { TECHZE_DEMO: 'false' }],
])('and not %s', (_where, environment) => {
  expect(() => load(environment as Record<string, string>)).toThrow(/TECHZE_DEMO/);
});
