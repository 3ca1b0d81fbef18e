import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@techze/contracts';
import { makeDeploymentSecrets } from './deployment-secrets.js';

describe('the secrets of a deployment', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'techze-secrets-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
  const everything = () =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => statSync(join(folder, path)).isFile())
        .map((path) => [path, read(path)]),
    );

  it('are the same after a second run', async () => {
    const consumers = await makeDeploymentSecrets(folder);
    const first = everything();
    expect(await makeDeploymentSecrets(folder)).toEqual(consumers);
    expect(everything()).toEqual(first);
  });

  it('agree with each other: who sets a password and who uses it have the same', async () => {
    await makeDeploymentSecrets(folder);
    for (const service of services) {
      expect(read('migration', `${service.toUpperCase()}_DATABASE_PASSWORD`)).toBe(read(service, 'DATABASE_PASSWORD'));
      expect(new URL(read(service, 'REDIS_URL')).password).toBe(read('redis', 'redis.conf').trim().split(' ')[1]);
    }
    for (const login of ['migrator', 'queue', 'backup'])
      expect(read('migration', `${login.toUpperCase()}_DATABASE_PASSWORD`)).toBe(read('suite', `${login}.password`));
    expect(new URL(read('migration', 'DATABASE_ADMIN_URL')).password).toBe(read('postgres', 'SUPERUSER_PASSWORD'));
  });

  it('are handed to nobody else', async () => {
    await makeDeploymentSecrets(folder);
    for (const service of services) {
      const names = readdirSync(join(folder, service)).sort();
      const own = ['AUTH_JWKS', 'AUTH_SIGNING_KEY', 'CURSOR_KEY', 'DATABASE_PASSWORD', 'REDIS_URL'];
      const more: Record<string, string[]> = {
        gateway: ['AUDIT_DATA_KEY', 'AUDIT_PUBLIC_KEY', 'AUTH_REFRESH_KEY'],
        ai: ['AI_STATE_KEY', 'AUDIT_DATA_KEY'],
        automation: ['AUDIT_DATA_KEY', 'AUDIT_SIGNING_KEY'],
        diagnostics: ['AUDIT_DATA_KEY'],
      };
      expect(names).toEqual([...own, ...(more[service] ?? [])].sort());
      expect(JSON.parse(read(service, 'AUTH_SIGNING_KEY'))).toMatchObject({ iss: service });
      expect(read(service, 'AUTH_JWKS')).not.toContain('"d"');
    }
    const passwords = services.map((service) => read(service, 'DATABASE_PASSWORD'));
    expect(new Set(passwords).size).toBe(services.length);
  });

  it('are readable by any user of a container that mounts them, and the suite’s own by their owner only', async () => {
    await makeDeploymentSecrets(folder);
    const modeOf = (...path: string[]) => statSync(join(folder, ...path)).mode & 0o777;
    expect(modeOf('gateway', 'DATABASE_PASSWORD')).toBe(0o444);
    expect(modeOf('suite')).toBe(0o700);
    expect(modeOf('suite', 'gateway.password')).toBe(0o600);
  });

  it('take an operator’s own addresses', async () => {
    mkdirSync(join(folder, 'suite'));
    writeFileSync(join(folder, 'suite', 'REDIS_URL'), 'rediss://:own@redis.example:6380\n');
    writeFileSync(join(folder, 'suite', 'DATABASE_ADMIN_URL'), 'postgres://admin:own@db.example:5432/techze\n');
    await makeDeploymentSecrets(folder);
    expect(read('ai', 'REDIS_URL')).toBe('rediss://:own@redis.example:6380');
    expect(read('migration', 'DATABASE_ADMIN_URL')).toBe('postgres://admin:own@db.example:5432/techze');
  });
});
