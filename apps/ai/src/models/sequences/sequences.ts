import { sessionsOf, type Event, type Session } from './sessions.js';

export interface SequenceOptions {
  /** The longest pause inside a session. */
  maxGapMs?: number;
  /** In how many sessions a pattern is found at least. */
  minSessions?: number;
  maxLength?: number;
  /** How many are told. */
  limit?: number;
}

export interface SequencePattern {
  /** Types in the order they followed each other, two or more. */
  pattern: string[];
  /** Share of the sessions that hold it. */
  support: number;
  /** Of the sessions that hold all but its last type, the share in which that followed. */
  confidence: number;
  /** How much oftener than in any session the last type follows the rest: above 1, the rest foretells it. */
  lift: number;
  /** In how many sessions. */
  count: number;
}

export interface MinedSequences {
  sequences: SequencePattern[];
  sessions: number;
  /** Whether the work was cut short: what is told is true, but may not be all. */
  truncated: boolean;
  /** How much work it was: events looked at, once for each prefix. */
  steps: number;
}

/** Thirty minutes without an event end a session: the convention of web analytics, and longer than any boot or update. */
export const DEFAULT_MAX_GAP_MS = 30 * 60_000;
/** One session proves nothing; of many sessions a pattern is in five of a hundred. */
const defaultMinSessions = (sessions: number) => Math.max(2, Math.ceil(sessions * 0.05));
export const DEFAULT_MAX_LENGTH = 5;
export const DEFAULT_LIMIT = 50;
/**
 * Steps of the search: a tenth of a second. Two boots of the same 300 services have some 10^10 patterns, so that whatever the
 * number, some search is cut.
 */
const MAX_STEPS = 1_000_000;

/** Of a session the places (ascending) at which the last type of a pattern can stand. */
interface Projection {
  session: number;
  ends: number[];
}

/**
 * The sequences of types that follow each other, types in between allowed, in many sessions: PrefixSpan (Pei et al.,
 * 2001), grown depth first from each frequent prefix. With no pause inside a session above the gap, the gap between two
 * neighbours of a pattern is bounded by it as well: two events of a pattern are never further apart than `maxGapMs`.
 */
export function sequencesOf(events: readonly Event[], options: SequenceOptions = {}): MinedSequences {
  const maxGapMs = options.maxGapMs ?? DEFAULT_MAX_GAP_MS;
  const sessions = sessionsOf(events, maxGapMs);
  const best = new Best(options.limit ?? DEFAULT_LIMIT);
  const search = new Search(sessions, maxGapMs, options.minSessions ?? defaultMinSessions(sessions.length), best);
  search.run(options.maxLength ?? DEFAULT_MAX_LENGTH);
  return {
    sequences: best.patterns,
    sessions: sessions.length,
    truncated: search.truncated,
    steps: search.steps,
  };
}

/** By how much more often than chance it came true: what is both frequent and telling first. */
const worthOf = ({ support, lift }: SequencePattern) => support * Math.log2(Math.max(lift, 1));
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byWorth = (a: SequencePattern, b: SequencePattern) =>
  worthOf(b) - worthOf(a) || b.count - a.count || b.pattern.length - a.pattern.length || byTexts(a.pattern, b.pattern);

/** Of two patterns of one length. */
function byTexts(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((type, index) => type !== b[index]);
  return byText(a[place] ?? '', b[place] ?? '');
}

/** The best of all patterns there were, best first: millions of them are never held at once. */
class Best {
  readonly patterns: SequencePattern[] = [];

  constructor(private readonly limit: number) {}

  add(pattern: SequencePattern): void {
    const worst = this.patterns.at(-1);
    if (worst && this.patterns.length >= this.limit && byWorth(pattern, worst) >= 0) return;
    const place = this.patterns.findIndex((other) => byWorth(pattern, other) < 0);
    this.patterns.splice(place === -1 ? this.patterns.length : place, 0, pattern);
    if (this.patterns.length > this.limit) this.patterns.pop();
  }
}

class Search {
  truncated = false;
  steps = 0;
  readonly #sessionsWith = new Map<string, number>();

  constructor(
    private readonly sessions: readonly Session[],
    private readonly maxGapMs: number,
    private readonly minSessions: number,
    private readonly best: Best,
  ) {}

  run(maxLength: number): void {
    const first = new Map<string, Projection[]>();
    this.sessions.forEach(({ types }, session) => {
      types.forEach((type, place) => note(first, type, session, place));
    });
    for (const [type, projections] of first) this.#sessionsWith.set(type, projections.length);
    for (const [type, projections] of inOrder(first, this.minSessions)) this.#grow([type], projections, maxLength);
  }

  #grow(prefix: string[], projections: readonly Projection[], maxLength: number): void {
    if (prefix.length >= maxLength || this.truncated) return;
    const next = new Map<string, Projection[]>();
    for (const { session, ends } of projections) {
      if (this.truncated) return;
      this.#extend(session, ends, next);
    }
    // Of a prefix that was looked at in part, no count is true.
    if (this.truncated) return;
    for (const [type, extended] of inOrder(next, this.minSessions)) {
      const pattern = [...prefix, type];
      const confidence = extended.length / projections.length;
      this.best.add({
        pattern,
        support: extended.length / this.sessions.length,
        confidence,
        lift: confidence / ((this.#sessionsWith.get(type) ?? 0) / this.sessions.length),
        count: extended.length,
      });
      this.#grow(pattern, extended, maxLength);
    }
  }

  /** All places within the gap of any place the prefix ends at, each once. */
  #extend(session: number, ends: readonly number[], next: Map<string, Projection[]>): void {
    const { at, types } = this.sessions[session] ?? { at: [], types: [] };
    let from = 0;
    for (const end of ends) {
      const latest = (at[end] ?? 0) + this.maxGapMs;
      let place = Math.max(end + 1, from);
      for (; place < types.length && (at[place] ?? 0) <= latest; place++) {
        if (this.steps >= MAX_STEPS) {
          this.truncated = true;
          return;
        }
        this.steps += 1;
        note(next, types[place] ?? '', session, place);
      }
      from = Math.max(from, place);
    }
  }
}

function note(into: Map<string, Projection[]>, type: string, session: number, place: number): void {
  let projections = into.get(type);
  if (!projections) into.set(type, (projections = []));
  const last = projections.at(-1);
  if (last?.session === session) last.ends.push(place);
  else projections.push({ session, ends: [place] });
}

/** The frequent ones by name, so that neither the answer nor where a long search is cut depends on which type came first. */
const inOrder = (map: ReadonlyMap<string, Projection[]>, minSessions: number) =>
  [...map].filter(([, projections]) => projections.length >= minSessions).sort(([a], [b]) => byText(a, b));
