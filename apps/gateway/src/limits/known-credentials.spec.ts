import { KnownCredentials } from './known-credentials.js';

const MINUTE_MS = 60_000;

describe('credentials that were good', () => {
  let known: KnownCredentials;
  beforeEach(() => {
    jest.useFakeTimers();
    known = new KnownCredentials();
  });
  afterEach(() => jest.useRealTimers());

  it('are known for some minutes, and for as long as they are used', () => {
    known.add('tzd_a');
    known.add('tzd_b');
    jest.advanceTimersByTime(4 * MINUTE_MS);
    known.add('tzd_b');
    expect(known.has('tzd_a')).toBe(true);
    for (let minutes = 0; minutes < 12; minutes += 4) {
      jest.advanceTimersByTime(4 * MINUTE_MS);
      known.add('tzd_b');
      expect(known.has('tzd_b')).toBe(true);
    }
    expect(known.has('tzd_a')).toBe(false);
  });

  it('are unknown after a quarter of an hour in which nobody came', () => {
    known.add('tzd_a');
    jest.advanceTimersByTime(15 * MINUTE_MS);
    expect(known.has('tzd_a')).toBe(false);
  });

  it('are unknown from when one was refused, and others never were known', () => {
    known.add('tzk_a');
    known.delete('tzk_a');
    known.delete(undefined);
    known.add(undefined);
    expect(known.has('tzk_a')).toBe(false);
    expect(known.has('tzk_b')).toBe(false);
  });

  it('are so many and no more: the latest of them', () => {
    for (let index = 0; index < 120_000; index += 1) known.add(`tzd_${index}`);
    expect(known.has('tzd_119999')).toBe(true);
    expect(known.has('tzd_60000')).toBe(true);
    expect(known.has('tzd_0')).toBe(false);
  });
});
