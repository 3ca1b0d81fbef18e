import fc from 'fast-check';
import { Section } from '@techze/contracts';
import { anyText } from '../../test/any-text.js';
import { cleanData, cleanText } from './clean-data.js';

describe('cleanText', () => {
  it('takes out control characters and lone surrogates, keeps the rest', () => {
    expect(cleanText('  São\u0000 Paulo\u001b[31m\ud800 ok\t1\n')).toBe('São Paulo[31m\ufffd ok\t1');
  });

  it('never cuts a character in two', () => {
    expect(cleanText('a😀', 2).isWellFormed()).toBe(true);
  });

  it('gives what the contract accepts as an error, whatever came in', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const error = cleanText(text) || 'none';
        expect(Section.safeParse({ status: 'error', error }).success).toBe(true);
      }),
    );
  });
});

describe('cleanData', () => {
  it('makes what JSON cannot say null, and leaves out what is not there', () => {
    const data = { a: NaN, b: Infinity, c: -0.5, d: undefined, e: [1n, NaN], f: () => 1 };
    expect(cleanData(data)).toEqual({ a: null, b: null, c: -0.5, e: [1, null] });
  });

  it('survives depth, length, and cycles', () => {
    const cycle: Record<string, unknown> = { list: Array(5_000).fill(1), text: 'x'.repeat(5_000) };
    cycle.self = cycle;
    const cleaned = cleanData(cycle) as { list: unknown[]; text: string };
    expect(cleaned.list).toHaveLength(1_000);
    expect(cleaned.text).toHaveLength(1_000);
    expect(() => JSON.stringify(cleaned)).not.toThrow();
  });

  it('drops keys that no server takes', () => {
    const data = JSON.parse('{"__proto__":{"a":1},"constructor":1,"prototype\\u0000":2,"x\\u0000":3}') as object;
    expect(JSON.stringify(cleanData(data))).toBe('{"x":3}');
  });

  it('gives what comes back from JSON unchanged, whatever came in', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 2, withBigInt: true, withDate: true }), (value) => {
        const json = JSON.stringify(cleanData(value));
        expect(JSON.stringify(JSON.parse(json))).toBe(json);
        expect(JSON.stringify(cleanData(JSON.parse(json)))).toBe(json);
      }),
    );
  });
});
