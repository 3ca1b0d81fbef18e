import { createHash, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Problem, type Principal } from '@techze/contracts';
import { ContextVerifier } from '@techze/transport';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { KeyRing } from './key-ring.js';
import type { VerificationKey } from './signing-key.js';
import {
  ACCESS_TOKEN_MAX_SECONDS,
  ACCESS_TOKEN_TYPE,
  AUDIENCE,
  CLOCK_TOLERANCE_SECONDS,
  CONTEXT_TOKEN_MAX_SECONDS,
  CONTEXT_TOKEN_TYPE,
  issuerOf,
  principalOfAccessToken,
  principalOfContext,
} from './token-claims.js';

const TOKEN_MAX_CHARS = 4096;
const CACHE_MAX_ENTRIES = 10_000;
/** Header members that would let a token bring its own key or rules. */
const FORBIDDEN_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit'];

interface Verified {
  readonly principal: Principal;
  readonly expiresAtMs: number;
}

/**
 * Turns a token of this suite into a principal: access tokens of the gateway and signed contexts of any service.
 * A verified token is remembered under its hash until it expires, so a request costs one hash and one look-up.
 */
@Injectable()
export class TokenVerifier extends ContextVerifier {
  private readonly verified = new Map<string, Verified>();
  /** Of the keys that all of it was verified with. */
  private generation = 0;

  constructor(private readonly keys: KeyRing) {
    super();
  }

  /** @throws Problem `invalid-token`, the same for every cause */
  async verify(token: string): Promise<Principal> {
    if (token.length === 0 || token.length > TOKEN_MAX_CHARS) throw new Problem('invalid-token');
    const hash = hashOf(token);
    const known = this.remembered(hash);
    if (known) return known.principal;
    const { generation } = this.keys;
    try {
      const verified = await this.check(token);
      // Keys that were exchanged meanwhile may not have this one any more: it is checked again the next time.
      if (generation === this.keys.generation) this.remember(hash, verified);
      return verified.principal;
    } catch (error) {
      // The reason alone: some errors of the library carry the claims.
      throw new Problem('invalid-token', { cause: error instanceof Error ? error.message : 'unknown reason' });
    }
  }

  /** Whether this process has verified the token before, and it lives. */
  knows(token: string): boolean {
    return this.remembered(hashOf(token)) !== undefined;
  }

  /** What a key that is no longer there has proved is worth nothing, so with the keys everything is forgotten. */
  private remembered(hash: string): Verified | undefined {
    if (this.generation !== this.keys.generation) {
      this.generation = this.keys.generation;
      this.verified.clear();
    }
    const known = this.verified.get(hash);
    if (!known || known.expiresAtMs > Date.now()) return known;
    this.verified.delete(hash);
    return undefined;
  }

  private async check(token: string): Promise<Verified> {
    const signature = token.slice(token.lastIndexOf('.') + 1);
    // Decoding ignores spare bits; a token has one spelling.
    if (Buffer.from(signature, 'base64url').toString('base64url') !== signature)
      throw new Error('signature spelt otherwise');
    const header = decodeProtectedHeader(token);
    if (FORBIDDEN_HEADERS.some((name) => name in header)) throw new Error('forbidden header');
    const key = typeof header.kid === 'string' ? this.keys.verificationKey(header.kid) : undefined;
    if (!key) throw new Error('unknown key');
    if (header.typ === ACCESS_TOKEN_TYPE && key.issuer === 'gateway') {
      const { payload } = await jwtVerify<KeyObject>(
        token,
        key.publicKey,
        options(key, ACCESS_TOKEN_TYPE, ACCESS_TOKEN_MAX_SECONDS),
      );
      return { principal: principalOfAccessToken(payload), expiresAtMs: expiry(payload, ACCESS_TOKEN_MAX_SECONDS) };
    }
    const { payload } = await jwtVerify<KeyObject>(
      token,
      key.publicKey,
      options(key, CONTEXT_TOKEN_TYPE, CONTEXT_TOKEN_MAX_SECONDS),
    );
    return {
      principal: principalOfContext(payload, key.issuer),
      expiresAtMs: expiry(payload, CONTEXT_TOKEN_MAX_SECONDS),
    };
  }

  private remember(hash: string, verified: Verified): void {
    if (this.verified.size >= CACHE_MAX_ENTRIES) {
      const [oldest] = this.verified.keys();
      if (oldest !== undefined) this.verified.delete(oldest);
    }
    this.verified.set(hash, verified);
  }
}

function options(key: VerificationKey, typ: string, maxAgeSeconds: number) {
  return {
    algorithms: ['EdDSA'],
    typ,
    issuer: issuerOf(key.issuer),
    audience: AUDIENCE,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    maxTokenAge: maxAgeSeconds,
    requiredClaims: ['exp', 'iat', 'jti'],
  };
}

/** A token that was issued for longer than its kind may live is refused, however it was signed. */
function expiry(payload: { exp?: number; iat?: number }, maxSeconds: number): number {
  const { exp = 0, iat = 0 } = payload;
  if (exp - iat > maxSeconds) throw new Error('lives too long');
  return exp * 1000;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
