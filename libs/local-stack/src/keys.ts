import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@techze/contracts';
import { replaceFile } from './state/write-file.js';
import { TokenKeys } from './token-keys.js';

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
  /** 32 random bytes, base64url: ai's own, that states of detectors are signed with. */
  readonly aiStateKey: string;
}

export function keyFilesIn(folder: string): KeyFiles {
  const tokenKeys = new TokenKeys(folder);
  return {
    signingKey: (service) => tokenKeys.signingFile(service),
    jwks: tokenKeys.jwksFile,
    refreshKey: join(folder, 'refresh.key'),
    cursorKey: join(folder, 'cursor.key'),
    auditSigningKey: join(folder, 'audit-signing.pem'),
    auditPublicKey: join(folder, 'audit-public.pem'),
    auditDataKey: join(folder, 'audit-data.key'),
    aiStateKey: join(folder, 'ai-state.key'),
  };
}

/** Makes the keys that are not there yet; those that are stay. */
export async function makeKeys(folder: string): Promise<KeyFiles> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = keyFilesIn(folder);
  await new TokenKeys(folder).make();
  for (const file of [files.refreshKey, files.cursorKey, files.auditDataKey, files.aiStateKey]) secretIn(file, 32);
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
