import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateDiagnostic } from '@techze/contracts';
import { Spool } from '../src/spool/spool.js';
import { CorruptEntryError } from '../src/spool/spooled-file.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const recipient = { server: 'https://techze.example/', sender: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71' };

function diagnostic(collectedAt: string, bytes = 0): CreateDiagnostic {
  return {
    device: { hostname: 'balcao-03' },
    type: 'full',
    collected_at: collectedAt,
    schema_version: 1,
    tags: [],
    sections: { cpu: { status: 'ok', data: { filler: 'x'.repeat(bytes) } } },
  };
}

const minute = (nth: number) => new Date(Date.UTC(2026, 10, 22, 8, nth)).toISOString();
const minutesOf = (spool: Spool) => spool.list().map(({ collectedAt }) => collectedAt.getUTCMinutes());

function openSpool(limits?: { count: number; bytes: number }) {
  const folder = join(scratchFolder(), 'spool');
  return { folder, spool: new Spool(folder, limits) };
}

afterAll(removeScratchFolders);

it('lists the oldest first, in whatever order they came', () => {
  const { spool } = openSpool();
  for (const nth of [3, 1, 2]) spool.add(diagnostic(minute(nth)), recipient);
  expect(minutesOf(spool)).toEqual([1, 2, 3]);
});

it('gives back what was put in, for whom, and when it was tried first', () => {
  const { spool } = openSpool();
  const { entry } = spool.add(diagnostic(minute(1)), recipient);
  expect(spool.read(entry)).toEqual({ ...recipient, payload: JSON.stringify(diagnostic(minute(1))) });
  expect(spool.list()).toEqual([entry]);
  const triedAt = new Date('2026-11-22T08:01:30.123Z');
  const tried = spool.markTried(entry, triedAt);
  expect(spool.list()).toEqual([tried]);
  expect(tried).toMatchObject({ key: entry.key, firstTriedAt: triedAt });
  expect(tried && spool.markTried(tried, new Date())?.firstTriedAt).toEqual(triedAt);
});

it('is open to nobody else', () => {
  const { folder, spool } = openSpool();
  const { entry } = spool.add(diagnostic(minute(1)), recipient);
  expect(statSync(join(folder, 'pending')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'pending', entry.name)).mode & 0o777).toBe(0o600);
});

describe('when it is full', () => {
  it('drops the oldest, says how many, and counts them for good', () => {
    const { folder, spool } = openSpool({ count: 3, bytes: 1e9 });
    const dropped = [1, 2, 3, 4, 5].map((nth) => spool.add(diagnostic(minute(nth)), recipient).dropped);
    expect(dropped).toEqual([0, 0, 0, 1, 1]);
    expect(minutesOf(spool)).toEqual([3, 4, 5]);
    expect(new Spool(folder).dropped()).toMatchObject({ count: 2 });
  });

  it('is measured in bytes as well', () => {
    const { spool } = openSpool({ count: 100, bytes: 10_000 });
    for (const nth of [1, 2, 3]) spool.add(diagnostic(minute(nth), 3_000), recipient);
    expect(minutesOf(spool)).toEqual([2, 3]);
    expect(spool.bytes()).toBeLessThanOrEqual(10_000);
    expect(spool.add(diagnostic(minute(4), 6_000), recipient).dropped).toBeGreaterThan(0);
    expect(spool.bytes()).toBeLessThanOrEqual(10_000);
    expect(minutesOf(spool).at(-1)).toBe(4);
  });

  it('never drops what has just come, though it is larger than all the room', () => {
    const { spool } = openSpool({ count: 3, bytes: 100 });
    spool.add(diagnostic(minute(1)), recipient);
    spool.add(diagnostic(minute(2)), recipient);
    expect(minutesOf(spool)).toEqual([2]);
  });
});

describe('a file that is not what was written', () => {
  const damages: [string, (text: string) => string][] = [
    ['is empty', () => ''],
    ['was cut short', (text) => text.slice(0, text.length / 2)],
    ['has one letter changed', (text) => text.replace('balcao-03', 'balcao-04')],
    ['has another first line', (text) => text.replace('"format":1', '"format":2')],
    ['belongs to another key', (text) => text.replace(/"key":"[0-9a-f]{8}/, '"key":"00000000')],
    ['is zeros, as after a power cut', (text) => '\0'.repeat(text.length)],
  ];

  it.each(damages)('is found out when it %s', (_, damage) => {
    const { folder, spool } = openSpool();
    const { entry } = spool.add(diagnostic(minute(1)), recipient);
    const path = join(folder, 'pending', entry.name);
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(() => spool.read(entry)).toThrow(CorruptEntryError);
    spool.quarantine(entry);
    expect([spool.list(), spool.corruptCount()]).toEqual([[], 1]);
  });

  it('that was never one of ours is left alone', () => {
    const { folder, spool } = openSpool();
    spool.add(diagnostic(minute(1)), recipient);
    writeFileSync(join(folder, 'pending', 'notes.txt'), 'mine');
    expect(minutesOf(spool)).toEqual([1]);
    expect(readdirSync(join(folder, 'pending'))).toContain('notes.txt');
  });
});

it('removes what killed processes left half written, but not what is just being written', () => {
  const { folder, spool } = openSpool();
  spool.add(diagnostic(minute(1)), recipient);
  const [old, fresh] = ['.old.tmp', '.fresh.tmp'].map((name) => join(folder, 'pending', name)) as [string, string];
  for (const path of [old, fresh]) writeFileSync(path, 'half');
  utimesSync(old, new Date(0), new Date(0));
  spool.lock().release();
  expect(readdirSync(join(folder, 'pending')).filter((name) => name.endsWith('.tmp'))).toEqual(['.fresh.tmp']);
  expect(minutesOf(spool)).toEqual([1]);
});

it('keeps what was refused with its reason, the newest fifty, until it is purged', () => {
  const { folder, spool } = openSpool();
  for (let nth = 0; nth < 55; nth++) {
    spool.reject(spool.add(diagnostic(minute(nth)), recipient).entry, { message: `no ${nth}`, hints: [] });
  }
  const rejected = spool.rejected();
  expect(rejected.map(({ reason }) => reason)).toEqual(Array.from({ length: 50 }, (_, index) => `no ${index + 5}`));
  expect(readdirSync(join(folder, 'rejected'))).toHaveLength(100);
  expect(spool.purge()).toBe(50);
  expect([spool.list(), spool.rejected(), spool.corruptCount()]).toEqual([[], [], 0]);
});

it('says so when the disk will not take it', () => {
  const { folder, spool } = openSpool();
  mkdirSync(folder);
  writeFileSync(join(folder, 'pending'), 'a file where a folder should be');
  expect(() => spool.add(diagnostic(minute(1)), recipient)).toThrow(/EEXIST|ENOTDIR/);
});

it('does not mind that another process was faster', () => {
  const { spool } = openSpool();
  const { entry } = spool.add(diagnostic(minute(1)), recipient);
  spool.remove(entry);
  expect(() => spool.remove(entry)).not.toThrow();
  expect(spool.read(entry)).toBeUndefined();
  expect(spool.markTried(entry, new Date())).toBeUndefined();
});
