import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@techze/config';
import { Logger } from '@techze/observability';
import { waitFor } from '@techze/testing';
import { register } from 'prom-client';
import { authConfig, type AuthConfig } from './auth.config.js';
import { KeyReloading } from './key-reloading.js';
import { KeyRing } from './key-ring.js';

interface Jwk {
  readonly kid: string;
  readonly x: string;
  readonly d: string;
  readonly [member: string]: string;
}

function newJwk(iss = 'gateway'): Jwk {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: randomUUID(), iss, x, d };
}
const jwks = (...keys: Jwk[]) => JSON.stringify({ keys: keys.map(({ d: _private, ...jwk }) => jwk) });
/** Printed in RFC 8037, appendix A. */
const EXAMPLE: Jwk = {
  ...newJwk(),
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};

describe('keys in files', () => {
  const [old, next] = [newJwk(), newJwk()];
  let mount: string;
  let ring: KeyRing;
  let reloading: KeyReloading;
  const logged: string[] = [];

  /** As Kubernetes does: a folder is exchanged behind a link, both files at once. */
  function exchange(signing: Jwk | string, set: string): void {
    const folder = randomUUID();
    mkdirSync(join(mount, folder));
    writeFileSync(
      join(mount, folder, 'AUTH_SIGNING_KEY'),
      typeof signing === 'string' ? signing : JSON.stringify(signing),
    );
    writeFileSync(join(mount, folder, 'AUTH_JWKS'), set);
    symlinkSync(folder, join(mount, 'new'));
    renameSync(join(mount, 'new'), join(mount, '..data'));
  }
  const kids = () => ring.all().map(({ kid }) => kid);
  const refusals = async () =>
    Number(/auth_key_reloads_total\{result="refused"\} (\d+)/.exec(await register.metrics())?.[1] ?? 0);

  beforeEach(async () => {
    mount = mkdtempSync(join(tmpdir(), 'techze-keys-'));
    for (const name of ['AUTH_SIGNING_KEY', 'AUTH_JWKS']) symlinkSync(join('..data', name), join(mount, name));
    exchange(old, jwks(old));
    const environment = {
      AUTH_SIGNING_KEY_FILE: join(mount, 'AUTH_SIGNING_KEY'),
      AUTH_JWKS_FILE: join(mount, 'AUTH_JWKS'),
    };
    const config = loadConfig([authConfig], environment).get(authConfig.token) as AuthConfig;
    ring = new KeyRing('gateway', config);
    logged.length = 0;
    reloading = new KeyReloading(ring, config, Logger.to({ write: (line: string) => void logged.push(line) }));
    await reloading.onModuleInit();
  });
  afterEach(async () => {
    await reloading.beforeApplicationShutdown();
    rmSync(mount, { recursive: true });
  });

  it('are taken within two seconds of their exchange', async () => {
    exchange(old, jwks(old, next));
    await waitFor(() => kids().includes(next.kid), { timeoutMs: 2_000 });
  });

  it('are what this process signs and verifies with from then on, and metrics say which', async () => {
    exchange(next, jwks(old, next));
    await reloading.look();
    expect({ signing: ring.signing.kid, all: kids() }).toEqual({ signing: next.kid, all: [old.kid, next.kid] });
    exchange(next, jwks(next));
    await reloading.look();
    expect(kids()).toEqual([next.kid]);
    const metrics = await register.metrics();
    for (const use of ['verify', 'sign'])
      expect(metrics).toContain(`auth_key_loaded{kid="${next.kid}",issuer="gateway",use="${use}"} 1`);
    expect(metrics).not.toContain(old.kid);
  });

  it.each<[string, () => void]>([
    ['broken', () => exchange('{"kty":', jwks(old))],
    ['empty', () => exchange('', '')],
    ['an example of a document', () => exchange(EXAMPLE, jwks(EXAMPLE))],
    ['with an example among them', () => exchange(old, jwks(old, EXAMPLE))],
    ['of another service', () => exchange(newJwk('diagnostics'), jwks(old))],
    ['without the public half of the signing key', () => exchange(next, jwks(old))],
    ['two under one name', () => exchange(old, jwks(old, { ...next, kid: old.kid }))],
    ['with private members in the public set', () => exchange(old, JSON.stringify({ keys: [old, next] }))],
    ['gone', () => unlinkSync(join(mount, '..data'))],
  ])('that are %s are refused, once on record and in metrics, and those that were there stay', async (_case, spoil) => {
    const before = await refusals();
    spoil();
    for (let time = 0; time < 3; time += 1) await reloading.look();
    expect(await refusals()).toBe(before + 1);
    expect({ signing: ring.signing.kid, all: kids() }).toEqual({ signing: old.kid, all: [old.kid] });
    const told = logged.filter((line) => line.includes('keys stay as they are'));
    expect(told).toHaveLength(1);
    for (const secret of [old.d, next.d, EXAMPLE.d]) expect(told[0]).not.toContain(secret);
    exchange(next, jwks(old, next));
    await reloading.look();
    expect(ring.signing.kid).toBe(next.kid);
  });
});
