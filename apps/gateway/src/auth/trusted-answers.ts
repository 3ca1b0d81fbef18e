/** A revocation holds everywhere within 1 s (security.md): nobody trusts an answer for longer than this. */
const TRUST_MS = 800;
const ENTRIES_MAX = 50_000;

interface Entry<Answer> {
  readonly answer: Promise<Answer | undefined>;
  /** By the clock that nobody sets back. */
  readonly atMs: number;
}

/** What the database says of credentials, asked at most about once a second for each. That there is none is never trusted. */
export class TrustedAnswers<Answer> {
  private readonly entries = new Map<string, Entry<Answer>>();

  find(key: string, ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    const known = this.entries.get(key);
    if (known && performance.now() - known.atMs < TRUST_MS) return known.answer;
    if (this.entries.size >= ENTRIES_MAX) this.entries.clear();
    const entry = { answer: ask(), atMs: performance.now() };
    this.entries.set(key, entry);
    const drop = () => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    };
    // A database that cannot answer decides nothing: the next request asks again.
    entry.answer.then((answer) => answer ?? drop(), drop);
    return entry.answer;
  }

  forget(key: string): void {
    this.entries.delete(key);
  }
}
