import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { parseAuditPublicKeys, parseAuditSigningKey } from './audit-keys.js';

const pem = (type: 'ed25519' | 'x25519' = 'ed25519') => {
  const { privateKey, publicKey } = generateKeyPairSync(type as 'ed25519');
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    open: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};
const fromSeed = (seed: string) =>
  createPrivateKey({ key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'), format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

describe('keys of the audit', () => {
  it('go by their own fingerprint, the public half by the same', () => {
    const { secret, open } = pem();
    expect([...parseAuditPublicKeys(open).keys()]).toEqual([parseAuditSigningKey(secret).key_id]);
  });

  it('may be several after a rotation', () => {
    expect(parseAuditPublicKeys(`${pem().open}\n# the one before\n${pem().open}`).size).toBe(2);
  });

  it.each([
    ['nothing', ''],
    ['no PEM', 'key'],
    ['a public key', pem().open],
    ['a key of another kind', pem('x25519').secret],
  ])('to sign with: %s is refused, and not repeated', (_what, text) => {
    expect(() => parseAuditSigningKey(text)).toThrow('is not an Ed25519 private key in PEM');
  });

  it.each([
    ["RFC 8032's first test key", '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'],
    ['zeros', '00'.repeat(32)],
  ])('to sign with: %s is refused', (_what, seed) => {
    expect(() => parseAuditSigningKey(fromSeed(seed))).toThrow('is an example or not random');
  });

  it.each([
    ['nothing', ''],
    ['a private key', pem().secret],
    ['a key of another kind beside a good one', pem().open + pem('x25519').open],
  ])('to check with: %s is refused', (_what, text) => {
    expect(() => parseAuditPublicKeys(text)).toThrow('is not Ed25519 public keys in PEM');
  });
});
