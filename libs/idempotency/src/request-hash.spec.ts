import fc from 'fast-check';
import { requestHash } from './request-hash.js';

function shuffled(value: unknown, pick: (max: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, pick));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  for (let i = entries.length - 1; i > 0; i--) {
    const j = pick(i + 1);
    [entries[i], entries[j]] = [entries[j]!, entries[i]!];
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item, pick)]));
}

describe('the hash of a request', () => {
  it('does not depend on the order of keys, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.infiniteStream(fc.nat()), (body, random) => {
        const pick = (max: number) => random.next().value % max;
        expect(requestHash(shuffled(body, pick))).toBe(requestHash(body));
      }),
    );
  });

  it('differs where the JSON differs', () => {
    const bodies = [
      undefined,
      null,
      {},
      [],
      '',
      { a: 1 },
      { a: '1' },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: { b: 1 } },
      { 'a.b': 1 },
      { a: null },
      { ['__proto__']: 1 },
    ];
    expect(new Set(bodies.map(requestHash)).size).toBe(bodies.length);
  });

  it('is the same for a member that is absent and one that is undefined', () => {
    expect(requestHash({ a: 1, b: undefined })).toBe(requestHash({ a: 1 }));
  });
});
