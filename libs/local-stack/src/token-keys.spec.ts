import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDeploymentSecrets } from './deployment-secrets.js';
import { KeyRotation } from './key-rotation.js';
import { makeKeys } from './keys.js';
import { TokenKeys } from './token-keys.js';

let folder: string;
let keys: TokenKeys;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'techze-keys-'));
  await makeKeys(folder);
  keys = new TokenKeys(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const kids = (...path: string[]): string[] => json(...path).keys.map(({ kid }: { kid: string }) => kid);
const kidOf = (state: string) => keys.list().find((key) => key.service === 'gateway' && key.state === state)?.kid;

describe('a key of tokens', () => {
  it('is known before it signs, and after that until it is retired', async () => {
    const old = kidOf('signing') ?? '';
    await keys.publish('gateway');
    const next = kidOf('next') ?? '';
    expect({ signing: json('gateway.jwk.json').kid, known: kids('jwks.json') }).toEqual({
      signing: old,
      known: expect.arrayContaining([old, next]),
    });
    keys.activate('gateway');
    expect({ signing: json('gateway.jwk.json').kid, known: kids('jwks.json') }).toEqual({
      signing: next,
      known: expect.arrayContaining([old, next]),
    });
    expect(keys.retire('gateway', new Date(Date.now() - 60_000))).toEqual([]);
    expect(keys.retire('gateway', new Date())).toEqual([old]);
    expect(kids('jwks.json')).not.toContain(old);
    expect(kids('jwks.json')).toHaveLength(5);
  });

  it('is published once, however often that is said, and whatever is made anew meanwhile', async () => {
    await keys.publish('gateway');
    await keys.publish('gateway');
    await makeKeys(folder);
    expect(kids('jwks.json')).toHaveLength(6);
    keys.activate('gateway');
    await makeKeys(folder);
    expect(kids('jwks.json')).toHaveLength(6);
  });

  it('stays private: nothing but its public members leaves its file, which its owner alone reads', async () => {
    await keys.publish('gateway');
    keys.activate('gateway');
    expect(readFileSync(join(folder, 'jwks.json'), 'utf8')).not.toMatch(/"d"|published_at/);
    expect(json('gateway.jwk.json')).not.toHaveProperty('published_at');
    expect(readFileSync(join(folder, `gateway.${kidOf('retiring')}.retiring.json`), 'utf8')).not.toContain('"d"');
    expect(statSync(join(folder, 'gateway.jwk.json')).mode & 0o777).toBe(0o600);
  });

  it('that was to be signed with when the power went is signed with the next time', async () => {
    await keys.publish('gateway');
    const next = readFileSync(join(folder, 'gateway.next.jwk.json'), 'utf8');
    keys.activate('gateway');
    writeFileSync(join(folder, 'gateway.next.jwk.json'), next);
    keys.activate('gateway');
    expect(keys.list().filter(({ service }) => service === 'gateway')).toEqual([
      expect.objectContaining({ state: 'signing', kid: JSON.parse(next).kid }),
      expect.objectContaining({ state: 'retiring' }),
    ]);
  });
});

describe('a rotation', () => {
  const lines: string[] = [];
  const rotation = (changes: object = {}) =>
    new KeyRotation({
      folder,
      services: ['gateway'],
      loadMs: 0,
      metrics: [],
      report: (line) => lines.push(line),
      ...changes,
    });

  it('hands each consumer of a deployment its share at every step', async () => {
    await makeDeploymentSecrets(folder);
    const old = json('gateway', 'AUTH_SIGNING_KEY').kid;
    await rotation().publish();
    expect(json('gateway', 'AUTH_SIGNING_KEY').kid).toBe(old);
    for (const consumer of ['gateway', 'ai']) expect(kids(consumer, 'AUTH_JWKS')).toHaveLength(6);
    await rotation().activate();
    expect(json('gateway', 'AUTH_SIGNING_KEY').kid).not.toBe(old);
    await rotation().retire({ now: true });
    expect(kids('diagnostics', 'AUTH_JWKS')).not.toContain(old);
  });

  it('does not sign with what a process has not taken, and says which process', async () => {
    await rotation().publish();
    const before = kidOf('signing');
    const nowhere = 'http://127.0.0.1:9/metrics';
    await expect(rotation({ metrics: [nowhere] }).activate()).rejects.toThrow(
      `${nowhere} did not take the next keys in time`,
    );
    expect(kidOf('signing')).toBe(before);
  });

  it('retires nothing whose tokens still live', async () => {
    await rotation().publish();
    await rotation().activate();
    await expect(rotation().retire()).rejects.toThrow(/live for 9[23]\d s more/);
    expect(kidOf('retiring')).toBeDefined();
  });

  it('refuses a folder without keys', () => {
    expect(() => rotation({ folder: join(folder, 'nothing') })).toThrow('holds no keys');
  });
});
