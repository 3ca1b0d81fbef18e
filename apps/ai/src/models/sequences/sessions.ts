/** Something that happened, as the caller names it. */
export interface Event {
  /** Milliseconds since 1970. */
  at: number;
  type: string;
}

/** A run of events without a longer pause, in the order of time. */
export interface Session {
  readonly at: readonly number[];
  readonly types: readonly string[];
}

/**
 * As many events a session has at most. Events that never pause would be one session, of which every pattern is true and
 * nothing can be learnt; and the work grows with the square of a session.
 */
export const MAX_SESSION_EVENTS = 200;

/** Cuts events into sessions: a new one begins after a pause longer than `maxGapMs`. Events of one moment keep their order. */
export function sessionsOf(events: readonly Event[], maxGapMs: number): Session[] {
  const sorted = [...events].sort((a, b) => a.at - b.at);
  const sessions: { at: number[]; types: string[] }[] = [];
  let last: { at: number[]; types: string[] } | undefined;
  for (const { at, type } of sorted) {
    const previous = last?.at.at(-1);
    if (!last || previous === undefined || at - previous > maxGapMs || last.at.length >= MAX_SESSION_EVENTS) {
      last = { at: [], types: [] };
      sessions.push(last);
    }
    last.at.push(at);
    last.types.push(type);
  }
  return sessions;
}
