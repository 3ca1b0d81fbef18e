import { lsnBytes, PrimaryProgress } from './replication.js';

describe('lsnBytes', () => {
  test.each([
    ['0/0', 0],
    ['0/FF', 255],
    ['1/0', 2 ** 32],
    ['16/B374D848', 0x16 * 2 ** 32 + 0xb374d848],
  ])('%s is %d', (lsn, bytes) => expect(lsnBytes(lsn)).toBe(bytes));

  test.each(['', '0', 'x/y', '0/'])('"%s" is none', (text) => expect(() => lsnBytes(text)).toThrow('is no LSN'));
});

describe('PrimaryProgress', () => {
  test('knows no lag before the primary was seen', () => {
    expect(new PrimaryProgress().lagOf(5, 0)).toBeUndefined();
  });

  test('a replica that is where the primary is, or a look ahead, is not behind, however idle both are', () => {
    const progress = new PrimaryProgress();
    progress.note(0, 100);
    for (const replayed of [100, 101]) expect(progress.lagOf(replayed, 9_000)).toEqual({ bytes: 0, ms: 0 });
  });

  test('counts the time since the primary was last seen no further than the replica is now', () => {
    const progress = new PrimaryProgress();
    for (const [at, lsn] of [
      [0, 100],
      [500, 100],
      [1000, 160],
      [1500, 300],
    ] as const)
      progress.note(at, lsn);
    expect(progress.lagOf(100, 1600)).toEqual({ bytes: 200, ms: 1100 });
    expect(progress.lagOf(200, 1600)).toEqual({ bytes: 100, ms: 600 });
    expect(progress.lagOf(20, 1600)).toEqual({ bytes: 280, ms: 1100 });
  });

  test('a long standstill of the replica is at least as old as what is kept', () => {
    const progress = new PrimaryProgress();
    for (let look = 0; look <= 1000; look += 1) progress.note(look * 500, look);
    expect(progress.lagOf(0, 500_000)?.ms).toBe(255 * 500);
    expect(progress.lagOf(0, 500_000)?.bytes).toBe(1000);
  });

  test('begins anew with a primary that is further back', () => {
    const progress = new PrimaryProgress();
    progress.note(0, 1000);
    progress.note(500, 10);
    expect(progress.lagOf(10, 600)).toEqual({ bytes: 0, ms: 0 });
    expect(progress.lagOf(4, 600)).toEqual({ bytes: 6, ms: 100 });
  });
});
