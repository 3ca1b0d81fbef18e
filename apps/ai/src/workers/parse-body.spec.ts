import { parseBody } from './parse-body.js';

const parse = (text: string) => parseBody(Buffer.from(text));
const malformed = expect.objectContaining({ code: 'malformed-json' });
/** Whether it threw, and what. */
function fault(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    return error;
  }
}

describe('a body', () => {
  it('may have words that JSON does not have, which become the name of what no number can be; those in strings stay', () => {
    expect(parse(String.raw`{"a":[NaN,-Infinity, Infinity ],"NaN":"\"NaN\\","b":NaN}`)).toEqual({
      a: ['Infinity', 'Infinity', 'Infinity'],
      NaN: String.raw`"NaN` + '\\',
      b: 'Infinity',
    });
  });

  it.each(['', '{', '{"a', '{"a\\', '"', '{"a":NaNN}', '{"a":xNaN}', '[1 2]', '{"a":"\\"', '\\'])(
    'that is none is refused: %s',
    (text) => expect(fault(text)).toEqual(malformed),
  );

  it('that is none is refused in the time that its length takes, whatever it is made of', () => {
    // With work that grows by the square, each of these would take hours.
    for (const part of ['\\"', '"', '\\', '-']) expect(fault(`{"a${part.repeat(1_000_000)}`)).toEqual(malformed);
  });
});
