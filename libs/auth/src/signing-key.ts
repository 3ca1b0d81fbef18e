import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { services, type ServiceName } from '@techze/contracts';
import { z } from 'zod';

/** An Ed25519 key as JWK (RFC 8037), bound to the one process kind that signs with it. */
const PublicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().min(16).max(128),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  iss: z.enum(services),
});
const PrivateJwk = PublicJwk.extend({ d: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

/** Ed25519 public keys whose private halves are printed in documents: RFC 8037 appendix A, RFC 8032 test 1. */
const PUBLISHED_EXAMPLES = new Set(['11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo']);
/** 32 random bytes hold more different ones than this, practically always. */
const DISTINCT_BYTES_MIN = 16;

export interface SigningKey {
  readonly kid: string;
  readonly issuer: ServiceName;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface VerificationKey {
  readonly kid: string;
  readonly issuer: ServiceName;
  readonly publicKey: KeyObject;
  /** The public members alone, as `/.well-known/jwks.json` shows them. */
  readonly jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' };
}

/** @param text a private JWK as JSON. Throws on anything else; the message never holds key material. */
export function parseSigningKey(text: string): SigningKey {
  const jwk = parse(PrivateJwk, text, 'is not an Ed25519 private JWK with kid and iss');
  if (isExample(jwk.x) || !isRandom(jwk.d)) {
    throw new Error('is an example or not random: make a new key');
  }
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  if (publicKey.export({ format: 'jwk' }).x !== jwk.x) throw new Error('has a public half that is not its own');
  return { kid: jwk.kid, issuer: jwk.iss, privateKey, publicKey };
}

/** @param text a JWK set as JSON: the public keys of every issuer of the suite. */
export function parseVerificationKeys(text: string): VerificationKey[] {
  const set = parse(
    z.object({ keys: z.array(PublicJwk.strict()).min(1) }),
    text,
    'is not a JWK set of Ed25519 public keys with kid and iss',
  );
  // Whoever reads the document can sign with the private half.
  if (set.keys.some(({ x }) => isExample(x))) throw new Error('has an example or a key that is not random');
  if (new Set(set.keys.map(({ kid }) => kid)).size < set.keys.length) throw new Error('has two keys under one kid');
  return set.keys.map(({ iss, ...jwk }) => ({
    kid: jwk.kid,
    issuer: iss,
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
    jwk,
  }));
}

function isExample(x: string): boolean {
  return PUBLISHED_EXAMPLES.has(x) || !isRandom(x);
}

function isRandom(text: string): boolean {
  return new Set(Buffer.from(text, 'base64url')).size >= DISTINCT_BYTES_MIN;
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string, otherwise: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(otherwise);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(otherwise);
  return parsed.data;
}
