import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The public half of RFC 8032's first test key, whose private half everybody has. */
const PUBLISHED_EXAMPLE = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
/** 32 random bytes hold more different ones than this, practically always. */
const DISTINCT_BYTES_MIN = 16;
const PUBLIC_PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

export interface AuditSigningKey {
  readonly key_id: string;
  readonly privateKey: KeyObject;
}

/** Public keys by their ids: the one in use and, after a rotation, those before it. */
export type AuditPublicKeys = ReadonlyMap<string, KeyObject>;

/** @param text PKCS#8 in PEM. Throws on anything else; the message never holds key material. */
export function parseAuditSigningKey(text: string): AuditSigningKey {
  const privateKey = attempt(() => createPrivateKey(text));
  if (privateKey?.asymmetricKeyType !== 'ed25519') throw new Error('is not an Ed25519 private key in PEM');
  const { x, d } = privateKey.export({ format: 'jwk' });
  if (x === PUBLISHED_EXAMPLE || new Set(Buffer.from(d ?? '', 'base64url')).size < DISTINCT_BYTES_MIN)
    throw new Error('is an example or not random: make a new key');
  return { key_id: keyId(createPublicKey(privateKey)), privateKey };
}

/** @param text one public key in PEM or several, one behind the other */
export function parseAuditPublicKeys(text: string): AuditPublicKeys {
  const keys = (text.match(PUBLIC_PEM) ?? []).map((pem) => attempt(() => createPublicKey(pem)));
  const usable = keys.filter((key) => key?.asymmetricKeyType === 'ed25519') as KeyObject[];
  if (usable.length === 0 || usable.length < keys.length) throw new Error('is not Ed25519 public keys in PEM');
  return new Map(usable.map((key) => [keyId(key), key]));
}

/** Its own fingerprint: nobody has to be trusted about whose name it goes by. */
function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
