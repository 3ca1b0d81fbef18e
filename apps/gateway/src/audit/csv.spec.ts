import fc from 'fast-check';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('holds values of every kind', () => {
    expect(csvLine([1, 'a', null, true, { a: 'b' }, undefined])).toBe('1,a,,true,"{""a"":""b""}",\r\n');
  });

  it('quotes what would end a cell or a line', () => {
    expect(csvLine(['a,b', 'a"b', 'a\nb'])).toBe('"a,b","a""b","a\nb"\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")'])('defuses %j', (text) => {
    const line = csvLine([text]);
    expect(line.startsWith("'") || line.startsWith(`"'`)).toBe(true);
  });

  it('never begins a cell with what a spreadsheet would run', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(csvLine([text])).not.toMatch(/^"?[=+\-@\t\r](?!\n$)/);
      }),
    );
  });
});
