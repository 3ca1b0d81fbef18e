import { parseJson } from './json-body.js';

const parse = (text: string) => parseJson(Buffer.from(text));
const problem = (code: string) => expect.objectContaining({ name: 'Problem', code });
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const wide = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, index]));

describe('a JSON body', () => {
  it('is taken as it is, and an empty one is no body', () => {
    expect(parse('{"a":[1,"é",null]}')).toEqual({ a: [1, 'é', null] });
    expect(parse('')).toBeUndefined();
  });

  it.each(['{', '{"a":}', 'NaN', "{'a':1}", '\u0000', '{"a":1}garbage'])(
    'that is not JSON is malformed: %j',
    (text) => {
      expect(() => parse(text)).toThrow(problem('malformed-json'));
    },
  );

  it('that is not UTF-8 is malformed, not mended', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(problem('malformed-json'));
  });

  it('may be 32 levels deep and no deeper, however deep', () => {
    expect(() => parse(nested(32))).not.toThrow();
    for (const depth of [33, 10_000, 400_000]) expect(() => parse(nested(depth))).toThrow(problem('json-too-deep'));
  });

  it('may have 1,000 keys an object, and 20,000 in a section’s evidence', () => {
    const evidence = (keys: number) =>
      JSON.stringify({ sections: { processes: { status: 'ok', data: { list: [wide(keys)] } } } });
    expect(() => parse(JSON.stringify(wide(1_000)))).not.toThrow();
    expect(() => parse(JSON.stringify(wide(1_001)))).toThrow(problem('json-too-wide'));
    expect(() => parse(evidence(20_000))).not.toThrow();
    expect(() => parse(evidence(20_001))).toThrow(problem('json-too-wide'));
    expect(() => parse(JSON.stringify({ sections: { cpu: { status: wide(1_001) } } }))).toThrow(
      problem('json-too-wide'),
    );
    expect(() => parse(JSON.stringify({ diagnostics: [{ sections: { cpu: { data: wide(1_001) } } }] }))).not.toThrow();
  });

  it('keeps a number that is too big for any machine as a word, for it would become null on its way', () => {
    expect(parse('{"a":1e400,"b":[-1e400,{"c":1e308}]}')).toEqual({ a: 'Infinity', b: ['-Infinity', { c: 1e308 }] });
  });

  it.each(['__proto__', 'constructor', 'prototype'])('with a key %s anywhere is refused', (key) => {
    for (const text of [`{"${key}":{}}`, `{"a":[{"b":{"${key}":1}}]}`, `{"sections":{"cpu":{"data":{"${key}":1}}}}`]) {
      expect(() => parse(text)).toThrow(problem('json-forbidden-key'));
    }
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

describe('a batch', () => {
  const batch = (text: string) => parseJson(Buffer.from(text), 'items');

  it('keeps its good items beside a Problem for each that breaks a limit', () => {
    const items = ['{"a":1}', nested(33), JSON.stringify(wide(1_001)), '{"b":[{"__proto__":1}]}', '7'];
    expect(batch(`{"items":[${items.join(',')}],"more":1}`)).toEqual({
      items: [{ a: 1 }, problem('json-too-deep'), problem('json-too-wide'), problem('json-forbidden-key'), 7],
      more: 1,
    });
  });

  it('gives each item the depth that it would have alone', () => {
    expect(batch(`{"items":[${nested(32)}]}`)).toEqual({ items: [JSON.parse(nested(32))] });
  });

  it('is refused whole for what is wrong beside its items, or where they are no list', () => {
    expect(() => batch(`{"items":[1],"more":${nested(32)}}`)).toThrow(problem('json-too-deep'));
    expect(() => batch('{"items":[1],"__proto__":{}}')).toThrow(problem('json-forbidden-key'));
    expect(() => batch(`{"items":{"a":${nested(32)}}}`)).toThrow(problem('json-too-deep'));
    expect(() => batch('{"items":[1')).toThrow(problem('malformed-json'));
    for (const text of ['[]', 'null', '7', '{"items":{}}']) expect(batch(text)).toEqual(JSON.parse(text));
  });
});
