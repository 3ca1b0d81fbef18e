import type { ServiceName } from '@techze/contracts';
import type { AuthConfig } from './auth.config.js';
import type { SigningKey, VerificationKey } from './signing-key.js';

export type Keys = Pick<AuthConfig, 'signingKey' | 'verificationKeys'>;

/** The keys of this process: one to sign with, all to verify with. A key speaks for its own issuer only. */
export class KeyRing {
  private current: { readonly signing: SigningKey; readonly byKid: ReadonlyMap<string, VerificationKey> };
  private count = 0;

  /** @throws when the signing key is another service's, or its public half is not published */
  constructor(
    private readonly service: ServiceName,
    keys: Keys,
  ) {
    this.current = this.checked(keys);
  }

  get signing(): SigningKey {
    return this.current.signing;
  }

  /** Grows with every exchange of keys: what was found out under earlier keys need not hold. */
  get generation(): number {
    return this.count;
  }

  /** All keys at once, or none: what cannot be used leaves those that are. @throws as the constructor does */
  exchange(keys: Keys): void {
    this.current = this.checked(keys);
    this.count += 1;
  }

  verificationKey(kid: string): VerificationKey | undefined {
    return this.current.byKid.get(kid);
  }

  /** Every key that this process verifies with. */
  all(): readonly VerificationKey[] {
    return [...this.current.byKid.values()];
  }

  /** Public keys of one issuer, for its JWK set. */
  published(issuer: ServiceName): readonly VerificationKey[] {
    return this.all().filter((key) => key.issuer === issuer);
  }

  private checked({ signingKey, verificationKeys }: Keys) {
    if (signingKey.issuer !== this.service)
      throw new Error(`AUTH_SIGNING_KEY belongs to ${signingKey.issuer}, not to ${this.service}`);
    const byKid = new Map(verificationKeys.map((key) => [key.kid, key]));
    const published = byKid.get(signingKey.kid);
    if (published?.issuer !== this.service || !published.publicKey.equals(signingKey.publicKey))
      throw new Error('AUTH_JWKS lacks the public half of AUTH_SIGNING_KEY');
    return { signing: signingKey, byKid };
  }
}
