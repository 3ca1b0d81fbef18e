import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@techze/config';
import { problemCodes } from '@techze/contracts';
import { register } from 'prom-client';
import { databaseConfig, type DatabaseConfig } from '../src/database.config.js';
import '../src/statistics/pool.metrics.js';

const root = join(__dirname, '..', '..', '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const guide = read('docs', 'DATABASE.md');
const pages = new Map([
  ['DATABASE.md', guide],
  ...readdirSync(join(root, 'docs', 'runbooks')).map((file): [string, string] => [
    file,
    read('docs', 'runbooks', file),
  ]),
]);
const LOGIN = { DATABASE_USER: 'techze_ai', DATABASE_PASSWORD: 'a-secret' };

function load(environment: Record<string, string>): DatabaseConfig {
  return loadConfig([databaseConfig], environment).get(databaseConfig.token) as DatabaseConfig;
}

function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([all, part]) => part ?? all))];
}

describe('docs/DATABASE.md', () => {
  const example = /```json\n(.*?)```/s.exec(guide)?.[1] ?? '';

  it.each([
    ['in São Paulo', { DATABASE_REGION: 'sa-east' }],
    ['in Lisbon', { DATABASE_REGION: 'eu-west' }],
    ['in Recife', { DATABASE_LAT: '-8.05', DATABASE_LON: '-34.9' }],
  ])('has an example that a process takes: %s', (_where, place) => {
    for (const [name, value] of Object.entries(place)) expect(guide).toContain(`\`${name}=${value}\``);
    const config = load({ ...LOGIN, DATABASE_NODES: example, DATABASE_STRATEGY: 'geographic', ...place });
    expect(config.nodes.map(({ id, ssl }) => [id, ssl])).toEqual(
      ['primary', 'replica_sao_paulo', 'replica_lisbon'].map((id) => [id, 'verify-full']),
    );
  });

  it('lists every setting, in one row, and no other', () => {
    expect(found(guide, /^\| `(DATABASE_\w+)`/gm).sort()).toEqual([...databaseConfig.variables].sort());
  });

  it('shows the defaults that are in force', () => {
    const nodes = { ...LOGIN, DATABASE_URL: 'postgres://host/database' };
    const shown = [...guide.matchAll(/^\| `(DATABASE_\w+)` +\| `(\w+)` +\|/gm)];
    expect(shown.length).toBeGreaterThan(10);
    for (const [, name = '', value = ''] of shown) expect(load({ ...nodes, [name]: value })).toEqual(load(nodes));
  });
});

describe.each([...pages])('%s', (name, text) => {
  it('names only settings that there are', () => {
    const settings = read('.env.example');
    for (const setting of found(text, /\bDATABASE_[A-Z_]+/g))
      expect(settings).toMatch(new RegExp(`^(# )?${setting}=`, 'm'));
  });

  it('names only metrics that there are', async () => {
    const metrics = (await register.getMetricsAsJSON()).map((metric) => metric.name);
    for (const metric of found(text, /\b((?:advanced_pool|db)_[a-z_]+?)(?:_bucket)?\b(?![.-])/g))
      expect(metrics).toContain(metric);
  });

  it('names only answers and log lines that there are', () => {
    for (const code of found(text, /(?:"code":"|503 `|504 `)([a-z-]+)/g))
      expect(Object.keys(problemCodes)).toContain(code);
    const sources = readdirSync(join(root, 'libs/database/src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read('libs/database/src', file))
      .join('\n');
    for (const line of found(text, /"([a-z]+(?:[ :,]+[a-z]+){2,})"/g)) expect(sources).toContain(`'${line}'`);
  });

  it('links to what is there, and fits on a page', () => {
    const folder = name === 'DATABASE.md' ? 'docs' : 'docs/runbooks';
    for (const link of found(text, /\]\(([^)#:]+)/g)) expect(() => read(folder, link)).not.toThrow();
    if (folder === 'docs/runbooks') expect(text.split('\n').length).toBeLessThanOrEqual(80);
  });
});
