import fc from 'fast-check';
import { hang, lookOf, painter, printable, wrap } from './style.js';

describe('lookOf', () => {
  it('has colours and drawings only on a terminal', () => {
    expect(lookOf({}, {})).toEqual({ width: 80, colour: false, drawing: false });
    expect(lookOf({ isTTY: true, columns: 100 }, {})).toEqual({ width: 100, colour: true, drawing: true });
  });

  it.each([[{ NO_COLOR: '1' }], [{ TERM: 'dumb' }]])('has no colours with %j', (env) => {
    expect(lookOf({ isTTY: true, columns: 100 }, env).colour).toBe(false);
  });

  it('keeps lines readable on very narrow and very wide terminals', () => {
    expect(lookOf({ isTTY: true, columns: 10 }, {}).width).toBe(40);
    expect(lookOf({ isTTY: true, columns: 400 }, {}).width).toBe(110);
  });
});

it('takes out everything that a terminal would obey', () => {
  expect(printable('a\u001b[2Jb\u0007\u009b31mc\nd\u202ee')).toBe('a[2Jb31mc de');
});

it('wraps every text within the width and loses no letter', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 5, max: 60 }), (text, width) => {
      const lines = wrap(text, width);
      expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

it('hangs further lines below the first', () => {
  expect(hang('Fix: ', 'one two three four five six', 25)).toEqual(['Fix: one two three four', '     five six']);
});

it('paints only when asked', () => {
  expect(painter(false)('red', 'x')).toBe('x');
  expect(painter(true)('red', 'x')).toBe('\u001b[31mx\u001b[0m');
});
