const DIGITS = 8;

/** After every commit: of work that may have written, and of which nobody can say where. Only the primary is that far. */
export const END_OF_LOG = 'FFFFFFFF/FFFFFFFF';

/** The newest commit that a piece of work made; one for all copies of its context, so that whoever began it can tell. */
export class CommitMark {
  private newest: string | undefined;

  /** Absent while nothing was written. */
  get lsn(): string | undefined {
    return this.newest;
  }

  /** Only ever forward: commits of concurrent work are told in any order. */
  advance(lsn: string): void {
    if (this.newest === undefined || isLater(lsn, this.newest)) this.newest = lsn;
  }
}

/** Whether `lsn` lies behind `other` in the log. */
export function isLater(lsn: string, other: string): boolean {
  return sortableLsn(lsn) > sortableLsn(other);
}

/** The same position in a form that sorts as text, and that PostgreSQL reads as well: '16/B3D8' is '00000016/0000B3D8'. */
export function sortableLsn(lsn: string): string {
  const slash = lsn.indexOf('/');
  const padded = `${lsn.slice(0, slash).padStart(DIGITS, '0')}/${lsn.slice(slash + 1).padStart(DIGITS, '0')}`;
  return padded.toUpperCase();
}
