import { Injectable } from '@nestjs/common';
import { newUuid } from '@techze/contracts';
import { SignJWT } from 'jose';
import { KeyRing } from './key-ring.js';
import { AUDIENCE, issuerOf } from './token-claims.js';

/** Signs the claims of this process with its own key. */
@Injectable()
export class TokenIssuer {
  constructor(private readonly keys: KeyRing) {}

  sign(typ: string, claims: Record<string, unknown>, lifetimeSeconds: number): Promise<string> {
    const { kid, issuer, privateKey } = this.keys.signing;
    const issuedAt = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ, kid })
      .setIssuer(issuerOf(issuer))
      .setAudience(AUDIENCE)
      .setJti(newUuid())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(privateKey);
  }
}
