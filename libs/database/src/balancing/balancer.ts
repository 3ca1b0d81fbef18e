/** Where something is: a name that is compared as it is, and degrees north and east. */
export interface Place {
  readonly region?: string | undefined;
  readonly lat?: number | undefined;
  readonly lon?: number | undefined;
}

/** A node that could take the next piece of work. */
export interface Candidate extends Place {
  readonly id: string;
  /** As configured; more than zero. */
  readonly weight: number;
  /** Connections that are in use there now, by this process. */
  readonly inUse: number;
}

/** How work is shared out, in the documentation's order ("Estratégias de Load Balancing"). */
export const strategies = ['round_robin', 'least_connections', 'weighted_round_robin', 'geographic'] as const;
export type Strategy = (typeof strategies)[number];

/**
 * Picks one of at least one candidate. One instance a process; it keeps what it needs from pick to pick, and the
 * candidates may be others each time. Takes time in proportion to them, and no memory.
 */
export interface Balancer {
  pick<C extends Candidate>(candidates: readonly C[]): C;
}
