import { createHash } from 'node:crypto';
import { Problem } from '@techze/contracts';
import type { Database } from '@techze/database';
import { runWith } from '@techze/observability';
import { TrustedAnswers } from './trusted-answers.js';

export interface CredentialKind<Row extends object, Living> {
  /** What each begins with; 32 bytes as base64url follow. */
  readonly prefix: string;
  /** Asks whose a hash is, while nobody is known; one row, or none for a credential that does not live. */
  readonly lookUp: string;
  readonly toLiving: (row: Row) => Living;
}

/** Credentials that say nothing by themselves: only their hashes are kept, and the database says whose they are. */
export class OpaqueCredentials<Row extends object, Living = Row> {
  private readonly answers = new TrustedAnswers<Living>();
  private readonly form: RegExp;

  constructor(
    private readonly database: Database,
    private readonly kind: CredentialKind<Row, Living>,
  ) {
    this.form = new RegExp(`^${kind.prefix}[A-Za-z0-9_-]{43}$`);
  }

  /** @throws Problem `invalid-token` when it is unknown or does not live, `service-unavailable` when nobody can tell */
  async whose(credential: string): Promise<Living> {
    if (!this.form.test(credential)) throw new Problem('invalid-token');
    const hash = hashOfSecret(credential);
    const living = await this.answers.find(hash, () => this.ask(hash));
    if (!living) throw new Problem('invalid-token');
    return living;
  }

  /** It was revoked here: other processes find out in less than a second. */
  forget(hash: string): void {
    this.answers.forget(hash);
  }

  /** Asked of the primary while there is one: a replica may not have heard of a revocation. */
  private async ask(hash: string): Promise<Living | undefined> {
    const nobody = this.database.as({ role: 'service', claims: null });
    const [row] = await runWith({ readPrimary: true }, () =>
      nobody.read((manager) => manager.query<Row[]>(this.kind.lookUp, [hash])),
    );
    return row && this.kind.toLiving(row);
  }
}

/** What is stored of a secret. One of 256 random bits needs no slow hash: nobody guesses it. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
