import { Injectable } from '@nestjs/common';
import type { Principal } from '@techze/contracts';
import { KeyRing } from './key-ring.js';
import { CONTEXT_TOKEN_MAX_SECONDS, CONTEXT_TOKEN_TYPE } from './token-claims.js';
import { TokenIssuer } from './token-issuer.js';

/** A minted context is handed out again until half of its life is over: relays sign once, not once an event. */
const REUSE_MS = (CONTEXT_TOKEN_MAX_SECONDS * 1000) / 2;
const CACHE_MAX_ENTRIES = 1_000;

/** Short-lived tokens for work that no person's token covers: events, schedules, the suite's own questions. */
@Injectable()
export class SignedContexts {
  private readonly minted = new Map<string, { token: Promise<string>; atMs: number }>();

  constructor(
    private readonly issuer: TokenIssuer,
    private readonly keys: KeyRing,
  ) {}

  mint(actor: Principal): Promise<string> {
    // One that an exchanged key has signed may be refused any moment.
    const key = `${this.keys.generation} ${JSON.stringify(actor)}`;
    const known = this.minted.get(key);
    if (known && Date.now() - known.atMs < REUSE_MS) return known.token;
    if (this.minted.size >= CACHE_MAX_ENTRIES) this.minted.clear();
    const token = this.issuer.sign(CONTEXT_TOKEN_TYPE, { actor }, CONTEXT_TOKEN_MAX_SECONDS);
    this.minted.set(key, { token, atMs: Date.now() });
    token.catch(() => this.minted.delete(key));
    return token;
  }
}
