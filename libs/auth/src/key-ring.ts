import type { ServiceName } from '@techze/contracts';
import type { AuthConfig } from './auth.config.js';
import type { SigningKey, VerificationKey } from './signing-key.js';

/** The keys of this process: one to sign with, all to verify with. A key speaks for its own issuer only. */
export class KeyRing {
  readonly signing: SigningKey;
  private readonly byKid: ReadonlyMap<string, VerificationKey>;

  /** @throws when the signing key is another service's, or its public half is not published */
  constructor(service: ServiceName, config: Pick<AuthConfig, 'signingKey' | 'verificationKeys'>) {
    if (config.signingKey.issuer !== service)
      throw new Error(`AUTH_SIGNING_KEY belongs to ${config.signingKey.issuer}, not to ${service}`);
    this.signing = config.signingKey;
    this.byKid = new Map(config.verificationKeys.map((key) => [key.kid, key]));
    const published = this.byKid.get(this.signing.kid);
    if (published?.issuer !== service || !published.publicKey.equals(this.signing.publicKey))
      throw new Error('AUTH_JWKS lacks the public half of AUTH_SIGNING_KEY');
  }

  verificationKey(kid: string): VerificationKey | undefined {
    return this.byKid.get(kid);
  }

  /** Public keys of one issuer, for its JWK set. */
  published(issuer: ServiceName): readonly VerificationKey[] {
    return [...this.byKid.values()].filter((key) => key.issuer === issuer);
  }
}
