import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { newId, newUuid, type Principal, type ServiceName } from '@techze/contracts';
import { decodeProtectedHeader, SignJWT } from 'jose';
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
const accessTokens = new AccessTokens(issuerOf(gateway), { accessTokenTtlSeconds: 900 });
const contextsOf = (pair: typeof gateway) => new SignedContexts(issuerOf(pair), ringOf(pair));
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
    audience?: string | string[];
    without?: 'exp' | 'iat' | 'jti' | 'iss' | 'aud';
  } = {},
) {
  const now = Math.floor(Date.now() / 1000) - (changes.issuedAgo ?? 0);
  const claims = { sub: user.sub, tenant_id: user.tenant_id, role: user.role, sid: user.sid, ...changes.claims };
  const token = new SignJWT(claims).setProtectedHeader({
    alg: 'EdDSA',
    typ: 'at+jwt',
    kid: gateway.signing.kid,
    ...changes.header,
  });
  if (changes.without !== 'iss') token.setIssuer(changes.issuer ?? 'urn:techze:gateway');
  if (changes.without !== 'aud') token.setAudience(changes.audience ?? 'techze');
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
    ['that names no key', { header: { kid: undefined } }],
    ['that names a key of an object’s own', { header: { kid: '__proto__' } }],
    ['with certificates', { header: { x5c: [gateway.verification.jwk.x] } }],
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
    ['without an issuer', { without: 'iss' }],
    ['without an audience', { without: 'aud' }],
    ['without a time of issue', { without: 'iat' }],
    ['without an id', { without: 'jti' }],
    ['with an empty id', { claims: { jti: '' }, without: 'jti' }],
    ['without a subject', { claims: { sub: undefined } }],
    ['without a role', { claims: { role: undefined } }],
    ['with a tenant that is a list', { claims: { tenant_id: [user.tenant_id] } }],
    ['with an expiry in words', { claims: { exp: 'never' }, without: 'exp' }],
    ['not valid before tomorrow', { claims: { nbf: Math.floor(Date.now() / 1000) + 86_400 } }],
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

  it('is good for 30 s of skew between two clocks, either way, and no more', async () => {
    // The second may turn while a case runs: a second from the edge on both sides.
    for (const good of [{ issuedAgo: 928 }, { issuedAgo: -28 }])
      expect(await verifier().verify(await forge(good))).toEqual(user);
    for (const bad of [{ issuedAgo: 931 }, { issuedAgo: -33 }])
      await expect(verifier().verify(await forge(bad))).rejects.toEqual(refused);
  });

  it('has one spelling: no padding, other alphabet, spare bits, white space or further part', async () => {
    const good = await forge();
    const [header = '', payload = '', signature = ''] = good.split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // 64 bytes are 86 characters: the lowest four bits of the last one carry nothing.
    const last = alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1] ?? '';
    const spellings = [
      `${good}=`,
      `${good}==`,
      `${header}.${payload}.${signature.slice(0, -1)}${last}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}=.${signature}`,
      ` ${good}`,
      `${good}\n`,
      `${header}. ${payload}.${signature}`,
      `${good}.`,
      `${good}.${signature}`,
      `.${good}`,
      `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    ].filter((spelling) => spelling !== good);
    const verify = verifier();
    expect(await verify.verify(good)).toEqual(user);
    for (const spelling of spellings) await expect(verify.verify(spelling)).rejects.toEqual(refused);
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
    expect(await verifier().verify(await contextsOf(diagnostics).mint(worker('diagnostics')))).toEqual(
      worker('diagnostics'),
    );
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
    expect(await verifier().verify(await contextsOf(gateway).mint(actor))).toEqual(actor);
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
    await expect(verifier().verify(await contextsOf(diagnostics).mint(actor))).rejects.toEqual(refused);
  });

  it('that lives longer than a minute is refused', async () => {
    const token = await issuerOf(diagnostics).sign('ctx+jwt', { actor: worker('diagnostics') }, 61);
    await expect(verifier().verify(token)).rejects.toEqual(refused);
  });
});

describe('an exchange of keys', () => {
  const next = keyPair('gateway');
  const withBoth = [...verificationKeys, next.verification];

  it('leaves tokens of both keys good until the older key is gone, and not a moment longer', async () => {
    const ring = ringOf(gateway);
    const [tokens, verify] = [
      new AccessTokens(new TokenIssuer(ring), { accessTokenTtlSeconds: 900 }),
      new TokenVerifier(ring),
    ];
    const old = await tokens.issue(user);
    ring.exchange({ signingKey: gateway.signing, verificationKeys: withBoth });
    ring.exchange({ signingKey: next.signing, verificationKeys: withBoth });
    const young = await tokens.issue(user);
    for (const token of [old, young]) expect(await verify.verify(token)).toEqual(user);
    expect(decodeProtectedHeader(young).kid).toBe(next.signing.kid);
    ring.exchange({ signingKey: next.signing, verificationKeys: [next.verification] });
    expect(verify.knows(old)).toBe(false);
    await expect(verify.verify(old)).rejects.toEqual(refused);
    expect(await verify.verify(young)).toEqual(user);
  });

  it('hands out no context that an earlier key has signed', async () => {
    const ring = ringOf(gateway);
    const contexts = new SignedContexts(new TokenIssuer(ring), ring);
    await contexts.mint(user);
    ring.exchange({ signingKey: next.signing, verificationKeys: withBoth });
    expect(decodeProtectedHeader(await contexts.mint(user)).kid).toBe(next.signing.kid);
  });

  it('that cannot be used changes nothing', () => {
    const ring = ringOf(gateway);
    expect(() => ring.exchange({ signingKey: next.signing, verificationKeys })).toThrow('lacks the public half');
    expect(() => ring.exchange({ signingKey: diagnostics.signing, verificationKeys })).toThrow(
      'belongs to diagnostics',
    );
    expect({ kid: ring.signing.kid, generation: ring.generation }).toEqual({ kid: gateway.signing.kid, generation: 0 });
    expect(ring.all()).toEqual(verificationKeys);
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
