/** What is known of a node that says it takes writes. */
export interface Claimant {
  readonly id: string;
  /** Grows by one with each promotion. */
  readonly timeline: number;
  /** The configuration names it. */
  readonly configured: boolean;
}

/** Who is the primary, and who only says so. */
export interface Verdict {
  readonly primary: string | undefined;
  /** They take writes that would be lost: an old primary that came back, or two at once. */
  readonly impostors: readonly string[];
}

/**
 * Decides which node takes writes. The newest timeline is right, and stays right while its node is away: a primary of an
 * older one was superseded, whatever it says. Between two of the same timeline the one in office stays.
 */
export class PrimaryElection {
  private newest = 0;
  private inOffice: string | undefined;

  decide(claimants: readonly Claimant[]): Verdict {
    this.newest = Math.max(this.newest, ...claimants.map(({ timeline }) => timeline));
    const current = claimants.filter(({ timeline }) => timeline === this.newest);
    const primary =
      current.find(({ id }) => id === this.inOffice) ?? current.find(({ configured }) => configured) ?? current[0];
    if (primary) this.inOffice = primary.id;
    return {
      primary: primary?.id,
      impostors: claimants.filter((claimant) => claimant !== primary).map(({ id }) => id),
    };
  }
}
