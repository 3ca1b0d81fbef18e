import { loadConfig } from '@techze/config';
import { limitsConfig } from './limits.config.js';
import { parseRate, times } from './rate.js';

describe('a rate', () => {
  it.each([
    ['100/minute', 100, 60_000],
    ['1/second', 1, 1_000],
    ['5000/hour', 5_000, 3_600_000],
    ['1000000/day', 1_000_000, 86_400_000],
  ])('%s', (text, limit, windowMs) => {
    expect(parseRate(text)).toEqual({ limit, windowMs });
  });

  it.each([
    '',
    '100',
    '0/minute',
    '-1/minute',
    '1.5/minute',
    '1000001/day',
    '99999999/day',
    '10/minutes',
    '10/ minute',
  ])('%j is none', (text) => expect(parseRate(text)).toBeUndefined());

  it('of so many callers together is so many times as high', () => {
    expect(times(10, { limit: 50, windowMs: 60_000 })).toEqual({ limit: 500, windowMs: 60_000 });
  });
});

describe('the settings', () => {
  it('default to the numbers of the documentation', () => {
    expect(loadConfig([limitsConfig], {}).get(limitsConfig.token)).toEqual({
      default: { limit: 100, windowMs: 60_000 },
      auth: { limit: 10, windowMs: 60_000 },
      api_heavy: { limit: 20, windowMs: 60_000 },
      diagnostics: { limit: 50, windowMs: 60_000 },
    });
  });

  it('refuse what is no rate, by name', () => {
    const environment = { RATE_LIMIT_DEFAULT: 'lots', RATE_LIMIT_AUTH: '0/minute' };
    expect(() => loadConfig([limitsConfig], environment)).toThrow(/RATE_LIMIT_DEFAULT.*\n.*RATE_LIMIT_AUTH/);
  });
});
