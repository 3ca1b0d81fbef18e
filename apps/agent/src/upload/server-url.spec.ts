import { addressOf, endpoint, isExposed, parseServerUrl } from './server-url.js';

describe('parseServerUrl', () => {
  it.each([
    [undefined],
    [''],
    ['techze.example'],
    ['ftp://techze.example'],
    ['https://a:b@techze.example'],
    ['https://'],
  ])('refuses %j as wrong usage', (text) => {
    expect(() => parseServerUrl(text)).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });

  it.each([
    ['https://techze.example', 'https://techze.example/api/v1/me'],
    ['https://techze.example/', 'https://techze.example/api/v1/me'],
    ['http://[::1]:8000/below/', 'http://[::1]:8000/below/api/v1/me'],
  ])('keeps a path of %s', (text, expected) => {
    expect(endpoint(parseServerUrl(text), '/api/v1/me').href).toBe(expected);
  });
});

it('knows where to open a connection', () => {
  expect(addressOf(new URL('https://techze.example'))).toEqual({ host: 'techze.example', port: 443 });
  expect(addressOf(new URL('http://[::1]:8000'))).toEqual({ host: '::1', port: 8000 });
});

it.each([
  ['https://techze.example', false],
  ['http://localhost:8000', false],
  ['http://127.0.0.1:8000', false],
  ['http://[::1]:8000', false],
  ['http://techze.example', true],
  ['http://127.evil.example', true],
])('%s exposes a password: %s', (url, exposed) => {
  expect(isExposed(new URL(url))).toBe(exposed);
});
