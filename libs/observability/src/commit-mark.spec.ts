import fc from 'fast-check';
import { CommitMark, isLater, sortableLsn } from './commit-mark.js';

const positions = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** As PostgreSQL writes it: two numbers in hexadecimal, without leading zeroes. */
function lsnOf(position: bigint): string {
  return `${(position >> 32n).toString(16)}/${(position & 0xffff_ffffn).toString(16)}`.toUpperCase();
}

describe('positions in the log', () => {
  it('compare as the numbers that they are', () => {
    fc.assert(
      fc.property(positions, positions, (a, b) => {
        expect(isLater(lsnOf(a), lsnOf(b))).toBe(a > b);
        expect(sortableLsn(lsnOf(a)) > sortableLsn(lsnOf(b))).toBe(a > b);
      }),
    );
  });

  it.each([
    ['10/0', 'F/FFFFFFFF'],
    ['0/10', '0/F'],
    ['1/0', '0/FFFFFFFF'],
    ['16/B374D848', '16/B374D84'],
    ['0/b0', '0/AF'],
  ])('%s is later than %s, and not the other way round', (later, earlier) => {
    expect(isLater(later, earlier)).toBe(true);
    expect(isLater(earlier, later)).toBe(false);
  });

  it('are not later than themselves, in whatever form', () => {
    expect(isLater('0/1A', '0/1A')).toBe(false);
    expect(isLater('00000000/0000001A', '0/1a')).toBe(false);
    expect(sortableLsn('16/B3D8')).toBe('00000016/0000B3D8');
  });
});

describe('a commit mark', () => {
  it('says nothing before anything was written', () => {
    expect(new CommitMark().lsn).toBeUndefined();
  });

  it('keeps the greatest of all commits, in whatever order they are told', () => {
    fc.assert(
      fc.property(fc.array(positions, { minLength: 1 }), (told) => {
        const mark = new CommitMark();
        for (const position of told) mark.advance(lsnOf(position));
        expect(mark.lsn).toBe(lsnOf(told.reduce((a, b) => (a > b ? a : b))));
      }),
    );
  });
});
