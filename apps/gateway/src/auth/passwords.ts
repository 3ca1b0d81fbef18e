import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { HashingPlaces } from './hashing-places.js';

/** OWASP's argon2id setting: 19 MiB, two passes, one lane. */
const OPTIONS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id. A look-up that finds nobody, or somebody without a password, is compared with a decoy: it takes as long. */
@Injectable()
export class Passwords {
  private readonly places = new HashingPlaces();
  private readonly decoy = hash('nobody has this password', OPTIONS);

  /** @throws Problem `overloaded` */
  hash(password: string): Promise<string> {
    return this.places.run(() => hash(normalised(password), OPTIONS));
  }

  /** @throws Problem `overloaded` */
  async matches(stored: string | null | undefined, password: string): Promise<boolean> {
    const against = stored ?? (await this.decoy);
    const known = typeof stored === 'string';
    const asItIs = normalised(password);
    if (await this.places.run(() => verify(against, asItIs))) return known;
    // Hashes of a release that did not normalise are of what was typed.
    return asItIs !== password && (await this.places.run(() => verify(against, password))) && known;
  }
}

/** What one person types on two keyboards may differ in bytes, not in this (NIST SP 800-63B: NFKC). */
export function normalised(password: string): string {
  return password.normalize('NFKC');
}
