import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type ServiceName } from '@techze/contracts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { replaceFile } from './state/write-file.js';

/** An Ed25519 private key as JWK (RFC 8037), named by its thumbprint (RFC 7638), bound to the service that signs with it. */
interface SigningJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly d: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly iss: ServiceName;
}

/** Where the keys of the suite lie; every file is readable by its owner only. */
export interface KeyFiles {
  /** Private JWK of one service. */
  signingKey(service: ServiceName): string;
  /** Public keys of all services. */
  readonly jwks: string;
  /** 32 random bytes, base64url. */
  readonly refreshKey: string;
  /** 32 random bytes, base64url. */
  readonly cursorKey: string;
  /** Ed25519 private key in PEM that the audit trail is signed with: automation's own. */
  readonly auditSigningKey: string;
  /** Its public half in PEM, for everybody. */
  readonly auditPublicKey: string;
  /** 32 random bytes, base64url: of who writes personal data to the audit trail. */
  readonly auditDataKey: string;
}

export function keyFilesIn(folder: string): KeyFiles {
  return {
    signingKey: (service) => join(folder, `${service}.jwk.json`),
    jwks: join(folder, 'jwks.json'),
    refreshKey: join(folder, 'refresh.key'),
    cursorKey: join(folder, 'cursor.key'),
    auditSigningKey: join(folder, 'audit-signing.pem'),
    auditPublicKey: join(folder, 'audit-public.pem'),
    auditDataKey: join(folder, 'audit-data.key'),
  };
}

/** Makes the keys that are not there yet; those that are stay. */
export async function makeKeys(folder: string): Promise<KeyFiles> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = keyFilesIn(folder);
  const signing = await Promise.all(services.map((service) => signingJwk(files.signingKey(service), service)));
  const keys = signing.map(({ d: _private, ...jwk }) => jwk);
  replaceFile(files.jwks, `${JSON.stringify({ keys }, null, 2)}\n`);
  for (const file of [files.refreshKey, files.cursorKey, files.auditDataKey]) secretIn(file, 32);
  replaceFile(files.auditPublicKey, publicHalf(auditSigningPem(files.auditSigningKey)));
  return files;
}

function auditSigningPem(file: string): string {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8');
}

function publicHalf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
}

/** The secret a file holds, made on first use. @param bytes of randomness; base64url in the file */
export function secretIn(file: string, bytes: number): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(bytes).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}

async function signingJwk(file: string, iss: ServiceName): Promise<SigningJwk> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as SigningJwk;
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x, d } = await exportJWK(privateKey);
  if (x === undefined || d === undefined) throw new Error('jose exported no Ed25519 key');
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  const jwk: SigningJwk = { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig', iss, d };
  writeFileSync(file, `${JSON.stringify(jwk, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return jwk;
}
