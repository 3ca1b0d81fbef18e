import { choiceOf } from './report-choice.decorator.js';

const HTML = 'text/html';
const PDF = 'application/pdf';

describe('what a report is asked for as', () => {
  it.each([
    [undefined, HTML],
    ['*/*', HTML],
    ['text/html', HTML],
    ['text/*', HTML],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', HTML],
    ['application/pdf', PDF],
    ['application/*', PDF],
    ['application/pdf, text/html;q=0.9', PDF],
    ['application/pdf;q=0.1, text/html;q=0', PDF],
    ['APPLICATION/PDF', PDF],
  ])('%p is %s', (accept, mediaType) => {
    expect(choiceOf(accept === undefined ? {} : { accept }).media_type).toBe(mediaType);
  });

  it.each(['application/json', 'image/png', 'text/html;q=0', '*/*;q=0', 'nonsense', ''])(
    '%p is neither: not acceptable',
    (accept) => {
      expect(() => choiceOf({ accept })).toThrow(expect.objectContaining({ code: 'not-acceptable', status: 406 }));
    },
  );

  it.each([
    [undefined, 'pt-BR'],
    ['*', 'pt-BR'],
    ['pt-BR', 'pt-BR'],
    ['pt', 'pt-BR'],
    ['pt-PT, en;q=0.5', 'pt-BR'],
    ['en-US,en;q=0.9', 'en'],
    ['EN', 'en'],
    ['de, en;q=0.5, pt;q=0.4', 'en'],
    ['en;q=0.2, pt-BR;q=0.8', 'pt-BR'],
    ['ja', 'pt-BR'],
    ['%%%', 'pt-BR'],
  ])('of the languages %p it is %s', (header, language) => {
    expect(choiceOf(header === undefined ? {} : { 'accept-language': header }).language).toBe(language);
  });
});
