import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { HashingPlaces } from './hashing-places.js';

/** OWASP's argon2id setting: 19 MiB, two passes, one lane. */
const OPTIONS = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id. A look-up that finds nobody is compared with a decoy, so that it takes as long. */
@Injectable()
export class Passwords {
  private readonly places = new HashingPlaces();
  private readonly decoy = hash('nobody has this password', OPTIONS);

  hash(password: string): Promise<string> {
    return hash(password, OPTIONS);
  }

  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const against = stored ?? (await this.decoy);
    const same = await this.places.run(() => verify(against, password));
    return same && stored !== undefined;
  }
}
