import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { services as apps } from '@techze/contracts';
import { parse } from 'yaml';
import { makeDeploymentSecrets } from '../src/deployment-secrets.js';

interface Container {
  readonly image: string;
  readonly command?: string | readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly container_name?: string;
  readonly user?: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly restart: string;
  readonly mem_limit?: string;
}

const compose = parse(readFileSync(join(__dirname, '..', '..', '..', 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as { services: Record<string, Container>; volumes: Record<string, unknown>; networks: Record<string, unknown> };
const containers = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  let secrets: string;
  beforeAll(async () => {
    secrets = mkdtempSync(join(tmpdir(), 'techze-compose-'));
    await makeDeploymentSecrets(secrets);
  });
  afterAll(() => rmSync(secrets, { recursive: true }));

  it('runs every service of the suite', () => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...apps]));
    for (const app of apps)
      expect(compose.services[app]?.environment).toMatchObject({ APP: app, DATABASE_USER: `techze_${app}` });
  });

  it('opens the gateway alone, to this machine alone', () => {
    const open = containers.filter(([, { ports, networks }]) => ports !== undefined || networks.includes('outside'));
    expect(open.map(([name]) => name)).toEqual(['gateway']);
    expect(compose.services.gateway?.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    expect(compose.networks.inside).toEqual({ internal: true });
  });

  it.each(containers)('confines %s', (name, container) => {
    expect(container).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(container.restart).toMatch(/^(unless-stopped|on-failure)$/);
    expect(container.image).not.toMatch(/:latest$/);
    expect(container.container_name).toBeUndefined(); // it could not be scaled
    if (name !== 'secrets') {
      expect(container.mem_limit).toBeDefined();
      expect(container.user).not.toBe('root');
    }
  });

  it.each(containers)('gives %s secrets by file, its own only, and all that it is told of', (name, container) => {
    const mounted = (container.volumes ?? []).filter((volume) => volume.includes('-secrets:'));
    const [mount = ''] = mounted;
    if (name === 'secrets') return expect(mounted.map(targetOf).sort()).toEqual(everyShare(secrets));
    const share = mount.replace('-secrets:/secrets:ro', '');
    expect([mounted.length, share]).toEqual([1, name.replace(/^postgres-.*/, 'postgres')]);
    for (const [variable, value] of Object.entries(container.environment ?? {})) {
      if (variable.endsWith('_FILE')) expect(readdirSync(join(secrets, share))).toContain(basename(value));
      else expect(variable).not.toMatch(/PASSWORD|KEY|SECRET|TOKEN|_URL$/);
    }
  });

  it('keeps in Redis what a full memory or a restart must not lose', () => {
    const command = String(compose.services.redis?.command);
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });

  it('declares every volume that it mounts, and no other', () => {
    const mounted = containers.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    expect([...new Set(mounted)].filter((name) => !name.startsWith('.')).sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
  });
});

function targetOf(volume: string): string {
  return basename(volume.split(':')[1] ?? '');
}

function everyShare(folder: string): string[] {
  return readdirSync(folder).sort();
}
