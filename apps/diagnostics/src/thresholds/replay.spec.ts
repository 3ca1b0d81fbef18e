import type { StoredReading } from '../scoring/index.js';
import { missingIn, Replay } from './replay.js';
import { ruleInForce, type Override } from './rule-in-force.js';

const START = Date.parse('2026-11-01T00:00:00Z');
const hour = (n: number) => new Date(START + n * 3_600_000);
const DAY = 24;

const reading = (value: number, instance = '/'): StoredReading => ({ code: 'FS_USED', value, instance });
const rule = (changes: Partial<Override> = {}) =>
  ruleInForce('FS_USED', [
    {
      id: 'thr_1',
      scope: 'tenant',
      code: 'FS_USED',
      levels: {},
      fails_before_alert: null,
      enabled: null,
      updated_at: hour(0),
      ...changes,
    },
  ]);

/** A value a day, unless told otherwise; null: the diagnostic had nothing for the check. */
function replayed(values: readonly (number | null)[], changes?: Partial<Override>, hours = DAY): Replay {
  const replay = new Replay('dev_1', 'FS_USED', rule(changes));
  values.forEach((value, index) => replay.take(hour(index * hours), value === null ? [] : [reading(value)]));
  return replay;
}
const days = ({ alerts }: Replay) => alerts.map(({ at }) => (Date.parse(at) - START) / 3_600_000 / DAY);

describe('a replay', () => {
  it('counts alerts, not samples', () => {
    const replay = replayed([50, 91, 92, 93, 94, 95]);
    expect(replay.alerts).toEqual([
      {
        device_id: 'dev_1',
        key: 'FS_USED:/',
        severity: 'warning',
        at: hour(DAY).toISOString(),
        value: 91,
        resolved_at: null,
      },
    ]);
    expect(replay.openNow).toBe(1);
  });

  it('knows hysteresis: between where it leaves and where it begins, what is open stays, and nothing opens', () => {
    expect(days(replayed([85, 91, 85, 91]))).toEqual([1]);
    expect(days(replayed([91, 80, 91]))).toEqual([0, 2]);
    expect(replayed([91, 80, 85]).openNow).toBe(0);
  });

  it('says when what it told of was resolved', () => {
    const [alert] = replayed([91, 92, 70, 70]).alerts;
    expect(alert).toMatchObject({ resolved_at: hour(2 * DAY).toISOString() });
  });

  it('waits for as many sights in a row as the rule asks for', () => {
    expect(days(replayed([91, 91, 70, 91, 91, 91, 91], { fails_before_alert: 3 }))).toEqual([5]);
    expect(replayed([91, 91], { fails_before_alert: 3 }).openNow).toBe(1);
  });

  it('damps what flaps', () => {
    const flapping = Array.from({ length: 20 }, (_, index) => (index % 2 ? 70 : 91));
    expect(replayed(flapping, {}, 1).alerts.length).toBeLessThan(5);
    expect(replayed(flapping, {}, DAY).alerts).toHaveLength(10);
  });

  it('moves with the levels, and is silent where the check is off', () => {
    const values = [75, 91, 99];
    expect(days(replayed(values, { levels: { warning: 70 } }))).toEqual([0]);
    expect(days(replayed(values, { levels: { warning: 95, leave: 90 } }))).toEqual([2]);
    expect(replayed(values, { levels: { warning: null, critical: null } }).alerts).toEqual([]);
    expect(replayed(values, { enabled: false })).toMatchObject({ alerts: [], openNow: 0 });
  });

  it('takes a diagnostic that had nothing for the check for unknown, never for well', () => {
    expect(days(replayed([91, null, null, 91]))).toEqual([0]);
    expect(days(replayed([91, null, 91], { fails_before_alert: 2 }))).toEqual([2]);
  });

  it('tells the parts of a device apart', () => {
    const replay = new Replay('dev_1', 'FS_USED', rule());
    replay.take(hour(0), [reading(91, '/'), reading(50, '/home')]);
    replay.take(hour(1), [reading(50, '/'), reading(95, '/home')]);
    expect(replay.alerts.map(({ key, resolved_at }) => [key, resolved_at])).toEqual([
      ['FS_USED:/', hour(1).toISOString()],
      ['FS_USED:/home', null],
    ]);
  });

  it('misses in another one the alerts while which nothing of that key was open there', () => {
    const values = [91, 70, 96, 97, 70, 96];
    const [loose, strict] = [replayed(values), replayed(values, { levels: { warning: 97 } })];
    expect(days(loose)).toEqual([0, 2, 5]);
    expect(days(strict)).toEqual([3]);
    expect(missingIn(strict.alerts, loose.alerts)).toEqual([loose.alerts[0], loose.alerts[2]]);
    expect(missingIn(loose.alerts, strict.alerts)).toEqual([]);
  });
});
