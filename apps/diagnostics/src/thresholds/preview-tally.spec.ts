import { newId } from '@techze/contracts';
import { ALERTS_SHOWN, PreviewTally } from './preview-tally.js';
import { RulesByPlace, type PlacedOverride } from './rules-by-place.js';
import type { StoredSight } from './stored-readings.repository.js';

const START = Date.parse('2026-11-01T00:00:00Z');
const override = (changes: Partial<PlacedOverride>): PlacedOverride => ({
  id: newId('thr'),
  scope: 'tenant',
  site_id: null,
  device_id: null,
  code: 'FS_USED',
  levels: {},
  fails_before_alert: null,
  enabled: null,
  updated_at: new Date(START),
  ...changes,
});
const onSite = (site_id: string, levels: PlacedOverride['levels']) => override({ scope: 'site', site_id, levels });
const onDevice = (device_id: string, levels: PlacedOverride['levels']) =>
  override({ scope: 'device', device_id, levels });

const sight = (device_id: string, day: number, value: number | null, site_id: string | null = null): StoredSight => ({
  id: newId('dgn'),
  device_id,
  site_id,
  at: new Date(START + day * 86_400_000),
  readings: value === null ? null : [{ code: 'FS_USED', value, instance: '/' }],
});

function tallied(sights: readonly StoredSight[], current: PlacedOverride[], proposed: PlacedOverride[]) {
  const tally = new PreviewTally('FS_USED', {
    current: new RulesByPlace('FS_USED', current),
    proposed: new RulesByPlace('FS_USED', [...current, ...proposed]),
  });
  for (const each of sights) tally.take(each);
  return { tally, ...tally.alerts() };
}

describe('the tally of a preview', () => {
  it('tells what would fire and what would no longer, newest first, each with the devices', () => {
    const { tally, would_fire, no_longer_fire } = tallied(
      [sight('a', 0, 91), sight('a', 1, 70), sight('a', 2, 97), sight('b', 0, 50), sight('b', 1, 92)],
      [],
      [override({ levels: { warning: 95 } })],
    );
    expect(tally).toMatchObject({ devices: 2, diagnostics: 5, notCovered: 0 });
    expect(tally.current).toEqual({ alerts: 3, devices: 2, open_now: 2 });
    expect(tally.proposed).toEqual({ alerts: 1, devices: 1, open_now: 1 });
    expect(would_fire.map(({ device_id, value }) => [device_id, value])).toEqual([['a', 97]]);
    expect(no_longer_fire.map(({ device_id, value }) => [device_id, value])).toEqual([
      ['b', 92],
      ['a', 91],
    ]);
  });

  it('judges each device by what is in force at its place, under both', () => {
    const { tally } = tallied(
      [sight('a', 0, 91, 's'), sight('b', 0, 91, 's'), sight('c', 0, 91, 'other'), sight('d', 0, 91)],
      [onDevice('a', { warning: 95 }), onSite('s', { warning: 92 })],
      [onSite('s', { warning: 90.5 })],
    );
    expect(tally.current.alerts).toBe(2);
    expect(tally.proposed.alerts).toBe(3);
  });

  it('compares with the override that it replaces, not with none', () => {
    const { tally } = tallied([sight('a', 0, 91)], [onDevice('a', { warning: 95 })], [onDevice('a', {})]);
    expect([tally.current.alerts, tally.proposed.alerts]).toEqual([0, 1]);
  });

  it('counts what kept no readings apart, and never as well', () => {
    const { tally } = tallied([sight('a', 0, null), sight('a', 1, 91), sight('b', 1, null)], [], []);
    expect(tally).toMatchObject({ devices: 1, diagnostics: 1, notCovered: 2 });
  });

  it('counts all alerts and shows the newest of them', () => {
    const sights = Array.from({ length: 3_000 }, (_, index) => sight(`device ${index}`, index, 95));
    const { tally, would_fire } = tallied(sights, [], []);
    expect(tally.proposed).toEqual({ alerts: 3_000, devices: 3_000, open_now: 3_000 });
    expect(would_fire.map(({ device_id }) => device_id)).toEqual(
      Array.from({ length: ALERTS_SHOWN }, (_, index) => `device ${2_999 - index}`),
    );
  });
});
