import { keyFilesIn } from '../keys.js';
import { appEnvironment, mailEnvironment } from './app-environment.js';

const suite = {
  nodes: [{ id: 'primary', host: '127.0.0.1', port: 1, database: 'techze', weight: 1, is_primary: true }],
  redisUrl: 'redis://127.0.0.1:2',
  keys: keyFilesIn('/secrets'),
  secretsFolder: '/secrets',
};

test("settings of the apps pass through; the superuser's URL, ports and npm's variables do not", () => {
  const environment = appEnvironment('diagnostics', {
    ...suite,
    inherited: {
      PATH: '/bin',
      DATABASE_URL: 'postgres://postgres:secret@host/db',
      DATABASE_PASSWORD: 'secret',
      DATABASE_MAX_CONNECTIONS_PER_NODE: '7',
      GATEWAY_PORT: '80',
      PORT: '80',
      npm_config_x: 'y',
      AUTH_SIGNING_KEY: 'secret',
      AUTH_ACCESS_TOKEN_TTL_SECONDS: '60',
      SHUTDOWN_DRAIN_MS: '100',
    },
  });
  expect(environment).toMatchObject({
    PATH: '/bin',
    DATABASE_MAX_CONNECTIONS_PER_NODE: '7',
    AUTH_ACCESS_TOKEN_TTL_SECONDS: '60',
    SHUTDOWN_DRAIN_MS: '100',
    DATABASE_USER: 'techze_diagnostics',
    REDIS_URL: 'redis://127.0.0.1:2',
  });
  expect(Object.keys(environment)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(DATABASE_URL|GATEWAY_PORT|PORT|npm_.*|AUTH_SIGNING_KEY)$/)]),
  );
});

test('no secret is in an environment: they go by file', () => {
  for (const service of ['gateway', 'diagnostics'] as const) {
    const values = Object.values(appEnvironment(service, { ...suite, inherited: { DATABASE_URL: 'secret' } }));
    expect(values.join(' ')).not.toContain('secret@');
    expect(values).not.toContain('secret');
  }
  expect(appEnvironment('gateway', { ...suite, inherited: {} })).toHaveProperty('AUTH_REFRESH_KEY_FILE');
  expect(appEnvironment('ai', { ...suite, inherited: {} })).not.toHaveProperty('AUTH_REFRESH_KEY_FILE');
  expect(appEnvironment('ai', { ...suite, inherited: {} })).toHaveProperty('AI_STATE_KEY_FILE');
  expect(appEnvironment('gateway', { ...suite, inherited: {} })).not.toHaveProperty('AI_STATE_KEY_FILE');
  expect(appEnvironment('automation', { ...suite, inherited: {} })).toHaveProperty('AUDIT_SIGNING_KEY_FILE');
  expect(appEnvironment('gateway', { ...suite, inherited: {} })).not.toHaveProperty('AUDIT_SIGNING_KEY_FILE');
  expect(appEnvironment('diagnostics', { ...suite, inherited: {} })).toHaveProperty('AUDIT_DATA_KEY_FILE');
  expect(appEnvironment('ai', { ...suite, inherited: {} })).toHaveProperty('AUDIT_DATA_KEY_FILE');
  expect(appEnvironment('analytics', { ...suite, inherited: {} })).not.toHaveProperty('AUDIT_DATA_KEY_FILE');
});

test('mails go into a folder, or where the user wants them', () => {
  expect(mailEnvironment({}, '/state/mail', 8000)).toEqual({
    MAIL_URL: 'file:///state/mail',
    MAIL_FROM: 'techze@localhost.example',
    APP_URL: 'http://127.0.0.1:8000/',
  });
  expect(mailEnvironment({ APP_URL: 'http://localhost:3000' }, '/state/mail', 8000)).toMatchObject({
    APP_URL: 'http://localhost:3000',
  });
  expect(mailEnvironment({ MAIL_URL: 'smtp://127.0.0.1:2525' }, '/state/mail', 8000)).toEqual({});
});
