import fc from 'fast-check';
import { printable, printableLines } from '../../src/reports/view/printable.js';
import { attacks } from './attacks.js';

/** Controls, direction marks and whatever else is not seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('printable text', () => {
  it('is left as it is, in any script', () => {
    for (const text of ['balcão 3 – São João', 'C:\\Users', '研发部电脑', 'Компьютер', '💻', '</style>'])
      expect(printable(text, 100)).toBe(text);
  });

  it.each(Object.entries(attacks))('holds nothing that is not seen, and no more than asked for: %s', (_name, text) => {
    expect(printable(text, 80)).not.toMatch(UNSEEN);
    expect([...printable(text, 80)].length).toBeLessThanOrEqual(80);
    expect(printable(text, 80)).not.toMatch(/\p{M}{5}/u);
  });

  it('has accents on their letters, as macOS does not write them', () => {
    expect(printable('Balca\u0303o', 100)).toBe('Balcão');
  });

  it('says when it was cut, and never cuts a character in two', () => {
    expect(printable('x'.repeat(11), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(printable('💻'.repeat(40), 10)).toBe(`${'💻'.repeat(9)}…`);
  });

  it('is well-formed and bounded, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (text, max) => {
        const clean = printable(text, max);
        expect(clean.isWellFormed()).toBe(true);
        expect([...clean].length).toBeLessThanOrEqual(max);
        expect(clean).not.toMatch(UNSEEN);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the lines of a note, but not ten empty ones, and not a thousand', () => {
    expect(printableLines('one\r\ntwo\u2028three\n\n\n\n\nfour\n', 100, 60)).toBe('one\ntwo\nthree\n\nfour');
    expect(printableLines('x\n'.repeat(2000), 4000, 60).split('\n')).toHaveLength(61);
  });
});
