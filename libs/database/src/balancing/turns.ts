import type { Candidate } from './balancer.js';

/** What a candidate still has to get, in turns; less than nothing when it got more. */
interface Account {
  owed: number;
  /** The last turn that it was in the running for. */
  seen: number;
}

/** Sums of fractions that ought to be equal are off by less than this. */
const ROUNDING = 1e-9;
/** Accounts are kept for the nodes that are away for a while; nodes that never come back are cleared out beyond this many. */
const ACCOUNTS_MAX = 256;

/**
 * Shares turns out one by one, each to whom most is owed: the smooth weighted round robin of nginx, reckoned in turns so
 * that it stays right when others are in the running each time. Whoever is in the running is owed its share of that
 * turn; who is not earns nothing meanwhile, so nobody comes back to a burst.
 *
 * As long as the same n are in the running, nobody is a whole turn ahead of its share, nor more than 1/2 + … + 1/n
 * turns behind it.
 */
export class Turns {
  private readonly accounts = new Map<string, Account>();
  private turn = 0;

  /** How many candidates it keeps in mind. */
  get size(): number {
    return this.accounts.size;
  }

  /** @param weightOf a candidate's part of this turn, compared with the others'; 0: not in the running. Not all 0. */
  next<C extends Candidate>(candidates: readonly C[], weightOf: (candidate: C) => number): C {
    this.turn += 1;
    let total = 0;
    for (const candidate of candidates) total += weightOf(candidate);
    let next: C | undefined;
    let account: Account | undefined;
    for (const candidate of candidates) {
      const weight = weightOf(candidate);
      if (weight === 0) continue;
      const own = this.accountOf(candidate.id);
      own.owed += weight / total;
      own.seen = this.turn;
      if (account && own.owed <= account.owed + ROUNDING) continue;
      next = candidate;
      account = own;
    }
    if (!next || !account) throw new RangeError('nobody to pick from');
    account.owed -= 1;
    return next;
  }

  private accountOf(id: string): Account {
    const known = this.accounts.get(id);
    if (known) return known;
    if (this.accounts.size >= ACCOUNTS_MAX)
      for (const [other, { seen }] of this.accounts) if (seen < this.turn - ACCOUNTS_MAX) this.accounts.delete(other);
    const account = { owed: 0, seen: this.turn };
    this.accounts.set(id, account);
    return account;
  }
}
