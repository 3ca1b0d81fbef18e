import fc from 'fast-check';
import { auditDetails } from './audit-details.js';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('audit details', () => {
  it('keeps small JSON as it is', () => {
    const details = { type: 'full', score: 71.5, partial: false, tags: ['counter', null], nested: { a: { b: [1] } } };
    expect(auditDetails(details)).toEqual(details);
  });

  it.each([
    'password',
    'new_password',
    'passwd',
    'token',
    'refresh_token',
    'refreshToken',
    'clientSecret',
    'Authorization',
    'X-Api-Key',
    'apiKey',
    'set-cookie',
    'private_key',
    'credentials',
    'pass\u200bword',
  ])('redacts the member %j wherever it stands, whatever it holds', (name) => {
    const kept = auditDetails({ [name]: 'hunter2', list: [{ deeper: { [name]: { value: 'hunter2' } } }] });
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(JSON.stringify(kept).match(/\[redacted\]/g)).toHaveLength(2);
  });

  it('leaves harmless members alone', () => {
    const details = { key: 'FS_USED:/', passed: true, path: '/', compass: 'N', author: 'x' };
    expect(auditDetails(details)).toEqual(details);
  });

  it('says so when something was left out: too long, too deep, too much', () => {
    const deep = { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } };
    for (const details of [{ text: 'x'.repeat(5000) }, deep, { list: Array.from({ length: 9000 }, (_, i) => i) }]) {
      const kept = auditDetails(details);
      expect(kept['_truncated']).toBe(true);
      expect(bytes(kept)).toBeLessThanOrEqual(8192);
      expect(Object.keys(kept)[0]).toBe(Object.keys(details)[0]);
    }
  });

  it('survives a cycle', () => {
    const details: Record<string, unknown> = { name: 'loop' };
    details['self'] = details;
    expect(auditDetails(details)).toMatchObject({ name: 'loop', _truncated: true });
  });

  it('strips control and direction characters and mends broken surrogates', () => {
    expect(auditDetails({ 'a\u0000b': 'x\u0000\u001b[31m\u202ey\ud800' })).toEqual({ ab: 'x[31my\ufffd' });
  });

  it('is at most 8 KiB of JSON, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true, maxDepth: 4 })),
        (details) => {
          expect(bytes(auditDetails(details))).toBeLessThanOrEqual(8192);
        },
      ),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 1200 }), { minLength: 5, maxLength: 12 }), (list) => {
        expect(
          bytes(auditDetails({ list, map: Object.fromEntries(list.map((text) => [text, text])) })),
        ).toBeLessThanOrEqual(8192);
      }),
      { numRuns: 60 },
    );
  });
});
