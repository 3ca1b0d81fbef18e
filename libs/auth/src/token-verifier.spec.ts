import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { newId, newUuid, type Principal, type ServiceName } from '@techze/contracts';
import { SignJWT } from 'jose';
import { AccessTokens } from './access-tokens.js';
import { KeyRing } from './key-ring.js';
import { SignedContexts } from './signed-contexts.js';
import type { SigningKey, VerificationKey } from './signing-key.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenVerifier } from './token-verifier.js';

function keyPair(issuer: ServiceName): { signing: SigningKey; verification: VerificationKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const kid = randomUUID();
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    signing: { kid, issuer, privateKey, publicKey },
    verification: { kid, issuer, publicKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } },
  };
}

const gateway = keyPair('gateway');
const diagnostics = keyPair('diagnostics');
const verificationKeys = [gateway.verification, diagnostics.verification];
const ringOf = (pair: typeof gateway) =>
  new KeyRing(pair.signing.issuer, { signingKey: pair.signing, verificationKeys });
const issuerOf = (pair: typeof gateway) => new TokenIssuer(ringOf(pair));

const user: Extract<Principal, { kind: 'user' }> = {
  kind: 'user',
  tenant_id: newId('tnt'),
  sub: newUuid(),
  sid: newId('ses'),
  role: 'manager',
};
const accessTokens = new AccessTokens(issuerOf(gateway), {
  signingKey: gateway.signing,
  verificationKeys,
  accessTokenTtlSeconds: 900,
});
const verifier = () => new TokenVerifier(ringOf(diagnostics));
const refused = expect.objectContaining({
  code: 'invalid-token',
  message: 'A valid bearer token is needed: log in or refresh, then try again.',
});

/** A token that is right in everything but what a case makes wrong. */
function forge(
  changes: {
    header?: object;
    claims?: object;
    key?: KeyObject;
    expiresIn?: number;
    issuedAgo?: number;
    issuer?: string;
    audience?: string;
    without?: 'exp' | 'iat' | 'jti';
  } = {},
) {
  const now = Math.floor(Date.now() / 1000) - (changes.issuedAgo ?? 0);
  const claims = { sub: user.sub, tenant_id: user.tenant_id, role: user.role, sid: user.sid, ...changes.claims };
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: gateway.signing.kid, ...changes.header })
    .setIssuer(changes.issuer ?? 'urn:techze:gateway')
    .setAudience(changes.audience ?? 'techze');
  if (changes.without !== 'jti') token.setJti('jti');
  if (changes.without !== 'iat') token.setIssuedAt(now);
  if (changes.without !== 'exp') token.setExpirationTime(now + (changes.expiresIn ?? 900));
  return token.sign(changes.key ?? gateway.signing.privateKey);
}

describe('an access token', () => {
  it('proves its person to every service', async () => {
    expect(await verifier().verify(await accessTokens.issue(user))).toEqual(user);
  });

  it('is what the forger of these tests makes when nothing is wrong', async () => {
    expect(await verifier().verify(await forge())).toEqual(user);
  });

  it.each<[string, Parameters<typeof forge>[0]]>([
    ['signed by a stranger', { key: generateKeyPairSync('ed25519').privateKey }],
    [
      'signed by another service of the suite under its own kid',
      { key: diagnostics.signing.privateKey, header: { kid: diagnostics.signing.kid } },
    ],
    ['signed by another service under the gateway’s kid', { key: diagnostics.signing.privateKey }],
    ['of an unknown key', { header: { kid: randomUUID() } }],
    ['that brings its own key', { header: { jwk: gateway.verification.jwk } }],
    ['that says where its key is', { header: { jku: 'https://attacker.example/jwks.json' } }],
    ['with an x5u', { header: { x5u: 'https://attacker.example/cert' } }],
    ['with critical extensions', { header: { crit: ['b64'], b64: true } }],
    ['of no type', { header: { typ: 'JWT' } }],
    ['that calls itself a context', { header: { typ: 'ctx+jwt' } }],
    ['of another issuer', { issuer: 'urn:techze:diagnostics' }],
    ['for another audience', { audience: 'somebody-else' }],
    ['expired beyond the tolerance', { issuedAgo: 1000, expiresIn: 900 }],
    ['from the future', { issuedAgo: -120 }],
    ['that lives longer than it may', { expiresIn: 86_400 }],
    ['without an expiry', { without: 'exp' }],
    ['without a time of issue', { without: 'iat' }],
    ['without an id', { without: 'jti' }],
    ['without a tenant', { claims: { tenant_id: undefined } }],
    ['without a session', { claims: { sid: undefined } }],
    ['with a role that nobody has', { claims: { role: 'superuser' } }],
    ['with a worker’s role', { claims: { role: 'worker' } }],
    ['with a subject that is no user id', { claims: { sub: 'admin' } }],
  ])('%s is refused like every other', async (_case, changes) => {
    await expect(verifier().verify(await forge(changes))).rejects.toEqual(refused);
  });

  it('is refused unsigned, signed symmetrically with the public key, cut, and as rubbish', async () => {
    const good = await forge();
    const [header = '', payload = ''] = good.split('.');
    const none = `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: gateway.signing.kid })).toString('base64url')}.${payload}.`;
    const hs256 = await new SignJWT({ ...user })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: gateway.signing.kid })
      .setExpirationTime('5m')
      .sign(Buffer.from(gateway.verification.jwk.x, 'base64url'));
    for (const token of [none, hs256, `${header}.${payload}.`, good.slice(0, -2), '', 'a.b.c', 'x'.repeat(10_000)]) {
      await expect(verifier().verify(token)).rejects.toEqual(refused);
    }
  });

  it('is remembered no longer than it lives', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const verify = verifier();
      const token = await accessTokens.issue(user);
      await verify.verify(token);
      jest.setSystemTime(Date.now() + 931_000);
      await expect(verify.verify(token)).rejects.toEqual(refused);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a signed context', () => {
  const worker = (service: string): Principal => ({
    kind: 'worker',
    tenant_id: user.tenant_id,
    service,
    role: 'worker',
  });

  it('proves a service at work in a tenant', async () => {
    expect(
      await verifier().verify(await new SignedContexts(issuerOf(diagnostics)).mint(worker('diagnostics'))),
    ).toEqual(worker('diagnostics'));
  });

  const agent: Principal = { kind: 'agent', tenant_id: user.tenant_id, device_id: newId('dev'), role: 'agent' };
  const apiKey: Principal = {
    kind: 'api_key',
    tenant_id: user.tenant_id,
    key_id: newId('key'),
    role: 'technician',
    scopes: ['devices:read'],
  };

  it.each([agent, apiKey])('is good for whomever the gateway authenticated: $kind', async (actor) => {
    expect(await verifier().verify(await new SignedContexts(issuerOf(gateway)).mint(actor))).toEqual(actor);
  });

  it('of an API key that claims to be an admin is refused', async () => {
    const token = await issuerOf(gateway).sign('ctx+jwt', { actor: { ...apiKey, role: 'admin' } }, 60);
    await expect(verifier().verify(token)).rejects.toEqual(refused);
  });

  it.each<[string, Principal]>([
    ['an API key', apiKey],
    ['a person', user],
    ['another service', worker('gateway')],
    ['a device', agent],
  ])('of a service is refused when it speaks for %s', async (_case, actor) => {
    await expect(verifier().verify(await new SignedContexts(issuerOf(diagnostics)).mint(actor))).rejects.toEqual(
      refused,
    );
  });

  it('that lives longer than a minute is refused', async () => {
    const token = await issuerOf(diagnostics).sign('ctx+jwt', { actor: worker('diagnostics') }, 61);
    await expect(verifier().verify(token)).rejects.toEqual(refused);
  });
});

describe('the key ring', () => {
  it('refuses to start with another service’s key, or with one whose public half is not published', () => {
    expect(() => new KeyRing('ai', { signingKey: gateway.signing, verificationKeys })).toThrow('belongs to gateway');
    expect(
      () => new KeyRing('gateway', { signingKey: gateway.signing, verificationKeys: [diagnostics.verification] }),
    ).toThrow('lacks the public half');
  });

  it('publishes one issuer’s keys with public members only', () => {
    const published = ringOf(gateway)
      .published('gateway')
      .map((key) => key.jwk);
    expect(published).toEqual([gateway.verification.jwk]);
    expect(JSON.stringify(published)).not.toContain('"d"');
    expect(
      createPrivateKey(gateway.signing.privateKey.export({ format: 'pem', type: 'pkcs8' })).export({ format: 'jwk' }),
    ).toHaveProperty('d');
  });
});
