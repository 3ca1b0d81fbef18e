import { createHash } from 'node:crypto';

const GENERATION_MS = 5 * 60_000;
const GENERATION_MAX = 50_000;

/**
 * Opaque credentials (agents' and API keys) that were good a few minutes ago, as hashes: whoever carries one is heard
 * although its source is shut out, and is asked again. Two generations: the older one goes when the newer one is full or
 * five minutes old.
 */
export class KnownCredentials {
  private newer = new Set<string>();
  private older = new Set<string>();
  private since = performance.now();

  add(credential: string | undefined): void {
    if (credential === undefined) return;
    this.turn();
    this.newer.add(hashOf(credential));
  }

  has(credential: string): boolean {
    this.turn();
    const hash = hashOf(credential);
    return this.newer.has(hash) || this.older.has(hash);
  }

  /** It was refused. */
  delete(credential: string | undefined): void {
    if (credential === undefined) return;
    const hash = hashOf(credential);
    this.newer.delete(hash);
    this.older.delete(hash);
  }

  private turn(): void {
    const now = performance.now();
    const age = now - this.since;
    if (age < GENERATION_MS && this.newer.size < GENERATION_MAX) return;
    this.older = age < 2 * GENERATION_MS ? this.newer : new Set();
    this.newer = new Set();
    this.since = now;
  }
}

function hashOf(credential: string): string {
  return createHash('sha256').update(credential).digest('base64url');
}
