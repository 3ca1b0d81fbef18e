import { isOpen, scheduleFaults, type Schedule } from './schedule.js';

const once = (starts_at: string, ends_at: string | null): Schedule => ({
  starts_at: new Date(starts_at),
  ends_at: ends_at === null ? null : new Date(ends_at),
  cron: null,
  timezone: null,
  duration_minutes: null,
});
const weekly = (
  cron: string,
  timezone: string,
  duration_minutes: number,
  changes: Partial<Schedule> = {},
): Schedule => ({
  starts_at: new Date('2026-01-01T00:00:00Z'),
  ends_at: null,
  cron,
  timezone,
  duration_minutes,
  ...changes,
});
const openAt = (schedule: Schedule) => (moment: string) => isOpen(schedule, new Date(moment));

describe('a window that comes once', () => {
  const open = openAt(once('2026-03-01T22:00:00Z', '2026-03-02T02:00:00Z'));

  it.each([
    ['2026-03-01T21:59:59.999Z', false],
    ['2026-03-01T22:00:00Z', true],
    ['2026-03-02T01:59:59.999Z', true],
    ['2026-03-02T02:00:00Z', false],
  ])('at %s is open: %s', (moment, expected) => expect(open(moment)).toBe(expected));
});

describe('a window that recurs', () => {
  it.each([
    ['2026-03-08T00:59:59.999Z', false],
    ['2026-03-08T01:00:00Z', true],
    ['2026-03-08T01:00:00.500Z', true],
    ['2026-03-08T04:59:59.999Z', true],
    ['2026-03-08T05:00:00Z', false],
    ['2026-03-10T02:00:00Z', false],
    ['2026-03-15T02:00:00Z', true],
  ])('every Saturday night in São Paulo is open at %s: %s', (moment, expected) => {
    expect(openAt(weekly('0 22 * * SAT', 'America/Sao_Paulo', 240))(moment)).toBe(expected);
  });

  it('keeps within its start and its end', () => {
    const bounds = { starts_at: new Date('2026-03-02T10:00:00Z'), ends_at: new Date('2026-03-04T09:30:00Z') };
    const open = openAt(weekly('0 9 * * *', 'UTC', 120, bounds));
    expect(open('2026-03-02T10:30:00Z')).toBe(false); // it began before the start
    expect(open('2026-03-03T10:30:00Z')).toBe(true);
    expect(open('2026-03-04T09:29:59Z')).toBe(true);
    expect(open('2026-03-04T09:30:00Z')).toBe(false);
  });

  it('may begin exactly at its start', () => {
    const open = openAt(weekly('0 9 * * *', 'UTC', 120, { starts_at: new Date('2026-03-02T09:00:00Z') }));
    expect(open('2026-03-02T09:00:00Z')).toBe(true);
    expect(open('2026-03-02T10:59:59Z')).toBe(true);
  });

  it('is open all the time when it lasts longer than it takes to come again', () => {
    const open = openAt(weekly('*/30 * * * *', 'UTC', 60));
    for (let minute = 0; minute < 180; minute += 7)
      expect(isOpen(weekly('*/30 * * * *', 'UTC', 60), new Date(Date.UTC(2026, 4, 1, 12, minute)))).toBe(true);
    expect(open('2026-05-01T00:00:00Z')).toBe(true);
  });
});

describe('when the clocks change in New York', () => {
  const nightly = (cron: string, minutes = 60) => openAt(weekly(cron, 'America/New_York', minutes));

  it('moves with the clock on the wall: 22:00 is another moment in summer', () => {
    const open = nightly('0 22 * * *');
    expect([open('2026-03-07T02:30:00Z'), open('2026-03-07T03:30:00Z')]).toEqual([false, true]); // winter: 03:00Z
    expect([open('2026-03-10T02:30:00Z'), open('2026-03-10T03:30:00Z')]).toEqual([true, false]); // summer: 02:00Z
  });

  it('lasts as long as ever over the change', () => {
    const open = nightly('0 1 * * *', 180);
    // 2026-03-08, 01:00 EST to 05:00 EDT: three hours.
    expect(open('2026-03-08T06:00:00Z')).toBe(true);
    expect(open('2026-03-08T08:59:59Z')).toBe(true);
    expect(open('2026-03-08T09:00:00Z')).toBe(false);
    // 2026-11-01, 01:00 EDT to 03:00 EST: three hours.
    expect(open('2026-11-01T05:00:00Z')).toBe(true);
    expect(open('2026-11-01T07:59:59Z')).toBe(true);
    expect(open('2026-11-01T08:00:00Z')).toBe(false);
  });

  it('comes also on the day on which its hour is skipped: right after it', () => {
    const open = nightly('30 2 * * *');
    expect(open('2026-03-08T06:59:59Z')).toBe(false);
    expect(open('2026-03-08T07:00:00Z')).toBe(true); // 03:00 EDT
    expect(open('2026-03-08T08:00:00Z')).toBe(false);
  });

  it('comes once on the day on which its hour comes twice', () => {
    const open = nightly('30 1 * * *', 30);
    expect(open('2026-11-01T05:30:00Z')).toBe(true); // 01:30 EDT
    expect(open('2026-11-01T06:30:00Z')).toBe(false); // 01:30 EST
  });
});

describe('a schedule', () => {
  it.each([
    ['that comes once is in order', once('2026-03-01T22:00:00Z', '2026-03-02T02:00:00Z'), []],
    ['that recurs is in order', weekly('0 22 * * SAT', 'America/Sao_Paulo', 240), []],
    ['without an end never ends', once('2026-03-01T22:00:00Z', null), ['/ends_at']],
    ['that ends before it starts', once('2026-03-01T22:00:00Z', '2026-03-01T22:00:00Z'), ['/ends_at']],
    [
      'with a duration and no cron',
      { ...once('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'), duration_minutes: 5 },
      ['/duration_minutes'],
    ],
    [
      'with a time zone and no cron',
      { ...once('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'), timezone: 'UTC' },
      ['/timezone'],
    ],
    [
      'with cron alone',
      { ...weekly('0 22 * * *', 'UTC', 1), timezone: null, duration_minutes: null },
      ['/duration_minutes', '/timezone'],
    ],
    ['in a time zone that there is not', weekly('0 22 * * *', 'Mars/Olympus', 60), ['/timezone']],
    ['with a minute that there is not', weekly('61 * * * *', 'UTC', 60), ['/cron']],
    ['with six fields', weekly('0 0 22 * * *', 'UTC', 60), ['/cron']],
    ['that is a date', weekly('2027-01-01T00:00:00', 'UTC', 60), ['/cron']],
    ['that is no cron at all', weekly('every night', 'UTC', 60), ['/cron']],
    ['on a day that never comes', weekly('0 0 30 2 *', 'UTC', 60), ['/cron']],
  ] as [string, Schedule, string[]][])('%s', (_what, schedule, pointers) => {
    expect(scheduleFaults(schedule).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('that is hostile is looked at in no time', () => {
    const start = performance.now();
    for (const cron of [
      '0 0 31 2 *',
      '0 0 30 FEB *',
      '* * * * * * * * *',
      `${'1,'.repeat(50)}1 * * * *`,
      '0 0 29 2 1#5',
    ])
      scheduleFaults(weekly(cron, 'America/New_York', 60));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
