import { checks, type CheckCode } from './checks/checks.js';
import { evidenceOfReadings, scoreEvidence, type CheckOverride, type StoredReading } from './index.js';
import { mergeLevels } from './policy.js';

const NOBODY = new Map<CheckCode, CheckOverride>();

/** What one reading comes to under one override. */
function judge(reading: StoredReading, override?: Omit<CheckOverride, 'source'>) {
  const policy = override ? new Map([[reading.code, { ...override, source: 'Tenant: Oficina Central' }]]) : NOBODY;
  const [observation] = scoreEvidence(evidenceOfReadings([reading]), policy).observations;
  return observation;
}
const severityOf = (reading: StoredReading, override?: Omit<CheckOverride, 'source'>) =>
  judge(reading, override)?.severity ?? null;

describe('an override', () => {
  it('lays its levels over those of the check, and the evidence says whose they are', () => {
    const reading: StoredReading = { code: 'FS_USED', value: 86, instance: 'C:' };
    expect(judge(reading)).toMatchObject({ severity: null, evidence: { threshold: 90 } });
    expect(judge(reading, { levels: { warning: 85 } })).toMatchObject({
      severity: 'warning',
      evidence: { threshold: 85, source: 'Tenant: Oficina Central' },
    });
  });

  it('beats the limits that the device names', () => {
    const limits = { leave: 80, warning: 90, critical_leave: 90, critical: 100, fail: 110 };
    const reading: StoredReading = { code: 'CPU_TEMPERATURE', value: 92, limits, source: 'its own' };
    expect(judge(reading)).toMatchObject({ severity: 'warning', evidence: { threshold: 90, source: 'its own' } });
    expect(severityOf(reading, { levels: { warning: 93 } })).toBeNull();
    expect(severityOf(reading, { levels: { critical: 91 } })).toBe('critical');
    // Turned on, with no levels of its own: the device's still hold.
    expect(judge(reading, { enabled: true })).toMatchObject({ severity: 'warning', evidence: { source: 'its own' } });
  });

  it('turns a check off: nothing is judged, and the category says so when nothing is left', () => {
    const evidence = evidenceOfReadings([{ code: 'MEMORY_USED', value: 99 }]);
    const { score, categories, observations } = scoreEvidence(
      evidence,
      new Map([['MEMORY_USED', { enabled: false, source: 'tenant' }]]),
    );
    expect({ score, observations }).toEqual({ score: null, observations: [] });
    expect(categories.find(({ name }) => name === 'memory')?.reason).toBe('its checks are turned off');
  });

  it('may take a level away', () => {
    const full: StoredReading = { code: 'FS_USED', value: 100, instance: 'C:' };
    expect(severityOf(full, { levels: { critical: null } })).toBe('warning');
    expect(severityOf(full, { levels: { critical: null, warning: null } })).toBeNull();
  });

  it('makes a disk critical by the level it names, however many bytes are free', () => {
    const roomy: StoredReading = { code: 'FS_USED', value: 99, instance: 'D:', at_most: 69 };
    expect(severityOf(roomy)).toBe('warning');
    expect(severityOf(roomy, { levels: { warning: 80 } })).toBe('warning');
    expect(severityOf(roomy, { levels: { critical: 97 } })).toBe('critical');
  });

  it('does not turn a battery on its charger into a low one', () => {
    expect(
      severityOf({ code: 'BATTERY_CHARGE', value: 3, at_most: 0 }, { levels: { warning: 10, critical: 5 } }),
    ).toBeNull();
  });

  it.each([
    [11, null],
    [16, null],
    [40, null],
    [50, 'warning'],
    [499, 'warning'],
    [500, 'critical'],
    [1e6, 'critical'],
  ] as const)('moves the counts of a SMART counter: %d CRC errors under 50 and 500 are %s', (value, severity) => {
    const reading: StoredReading = { code: 'SMART_199', value, instance: 'S1' };
    expect(severityOf(reading, { levels: { warning: 50, critical: 500 } })).toBe(severity);
  });

  it('of a SMART counter with its usual counts changes nothing', () => {
    for (const [code, { rule }] of Object.entries(checks) as [CheckCode, (typeof checks)[CheckCode]][]) {
      if (rule.kind !== 'buckets') continue;
      const edges = rule.buckets.flatMap(({ upTo }) => [upTo, upTo + 1]);
      for (const value of [0, 1, 2, 3, ...edges, 1e6]) {
        const reading: StoredReading = { code, value, instance: 'S1' };
        const { penalty, severity, hold } = judge(reading, { levels: { ...rule.levels } }) ?? {};
        const usual = judge(reading);
        expect({ code, value, penalty, severity, hold }).toEqual({
          code,
          value,
          penalty: usual?.penalty,
          severity: usual?.severity,
          hold: usual?.hold,
        });
      }
    }
  });
});

describe('merged levels', () => {
  const rule = checks.FS_USED.rule;
  const merged = (levels: CheckOverride['levels']) =>
    rule.kind === 'levels' && levels ? mergeLevels(rule, levels) : null;

  it('let where a finding ends follow the levels that are named', () => {
    expect(merged({ warning: 75 })).toEqual({ leave: 75, warning: 75, critical_leave: 90, critical: 98, fail: 100 });
    expect(merged({ critical: 92, warning: 60, leave: 50 })).toEqual({
      leave: 50,
      warning: 60,
      critical_leave: 90,
      critical: 92,
      fail: 100,
    });
    expect(merged({ warning: null, critical: 70 })).toEqual({
      leave: 70,
      warning: null,
      critical_leave: 70,
      critical: 70,
      fail: 100,
    });
    expect(merged({ critical: null })).toMatchObject({ critical: null, critical_leave: null });
  });
});
