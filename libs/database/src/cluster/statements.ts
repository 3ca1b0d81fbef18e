import type { Wire } from './wire.js';

/** Texts that are remembered; beyond it one is forgotten that was not met again for the longest time. */
const REMEMBERED = 1000;
/** Texts that one connection prepares: they cost the server memory until the connection ends. */
const PREPARED_PER_CONNECTION = 250;
/** Runs after which a text is worth preparing, and its time worth believing. */
const RUNS_TO_KNOW = 2;
/** A statement up to this long may share a connection with others, which wait behind it. */
const QUICK_MS = 5;
/** How much of the mean the newest run is. */
const NEWEST_SHARE = 1 / 8;
/** A slow statement may share again when the quickest of so many runs was quick. */
const RUNS_TO_CLEAR = 32;

/** One text of SQL and what is known of it. */
export class Statement {
  private runs = 0;
  private meanMs = 0;
  /** Since it was found slow: how often it has run, and the quickest of that. */
  private slowRuns = 0;
  private quickestMs = Infinity;
  private version = 0;
  /** Since it was last about to be forgotten. Kept by whoever remembers it. */
  metAgain = false;
  /** Several statements in one text, as migrations write them; or one with a semicolon in it. */
  readonly isScript: boolean;

  constructor(
    readonly text: string,
    private readonly stem: string,
  ) {
    this.isScript = /;\s*\S/.test(text);
  }

  private get name(): string {
    return `${this.stem}_${this.version}`;
  }

  /** Others may wait behind it: it has run before, and not for long. */
  get isQuick(): boolean {
    return this.runs >= RUNS_TO_KNOW && this.meanMs < QUICK_MS;
  }

  /** @param ms what the server took for it */
  ran(ms: number): void {
    this.runs += 1;
    this.meanMs =
      this.runs <= RUNS_TO_KNOW ? Math.max(this.meanMs, ms) : this.meanMs + (ms - this.meanMs) * NEWEST_SHARE;
    if (this.meanMs >= QUICK_MS) this.doubt(ms);
  }

  /**
   * A moment in which this process or the server was held up makes everything look slow. Off the shared connections each
   * statement runs beside all others, which makes them slower still: the mean alone would never find back.
   */
  private doubt(ms: number): void {
    this.slowRuns += 1;
    this.quickestMs = Math.min(this.quickestMs, ms);
    if (this.slowRuns < RUNS_TO_CLEAR) return;
    if (this.quickestMs < QUICK_MS) this.meanMs = this.quickestMs;
    this.slowRuns = 0;
    this.quickestMs = Infinity;
  }

  /** A table has changed: every connection prepares it anew. @param name of which that was found, by many at once perhaps */
  outdated(name: string): void {
    if (name === this.name) this.version += 1;
  }

  /**
   * Its name as a prepared statement on a connection: undefined for a text that comes only once, and while another one
   * prepares it there; that one may fail, and what was sent behind it must not fail with it.
   */
  nameOn(wire: Wire): string | undefined {
    const { name } = this;
    if (wire.parsedStatements[name] !== undefined) return name;
    if (this.runs < RUNS_TO_KNOW || wire.submittedNamedStatements[name] !== undefined) return undefined;
    return Object.keys(wire.parsedStatements).length < PREPARED_PER_CONNECTION ? name : undefined;
  }
}

/** The texts that this process sends. */
export class Statements {
  private readonly known = new Map<string, Statement>();
  private made = 0;

  of(text: string): Statement {
    const known = this.known.get(text);
    if (known) {
      known.metAgain = true;
      return known;
    }
    const statement = new Statement(text, `tz_${(this.made += 1)}`);
    this.known.set(text, statement);
    if (this.known.size > REMEMBERED) this.forgetOne();
    return statement;
  }

  /** Texts that come but once must not drive out those that always come: they would be prepared anew everywhere. */
  private forgetOne(): void {
    for (const [text, statement] of this.known) {
      this.known.delete(text);
      if (!statement.metAgain) return;
      statement.metAgain = false;
      this.known.set(text, statement);
    }
  }
}
