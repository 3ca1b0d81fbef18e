import type { Severity } from '@techze/contracts';
import { evidenceOfReadings, scoreEvidence, type StoredReading } from './index.js';

const observe = (reading: StoredReading) => {
  const [observation] = scoreEvidence(evidenceOfReadings([reading])).observations;
  return [observation?.severity, observation?.hold];
};

// FS_USED: warning 90, leave 80; critical 98, leave 90. BATTERY_HEALTH: 80 / 85; 50 / 55. ECC_UNCORRECTABLE: critical only.
it.each([
  ['FS_USED', 79, null, null],
  ['FS_USED', 80, null, null],
  ['FS_USED', 80.1, null, 'warning'],
  ['FS_USED', 89, null, 'warning'],
  ['FS_USED', 90, 'warning', 'warning'],
  ['FS_USED', 90.1, 'warning', 'critical'],
  ['FS_USED', 97.9, 'warning', 'critical'],
  ['FS_USED', 98, 'critical', 'critical'],
  ['BATTERY_HEALTH', 86, null, null],
  ['BATTERY_HEALTH', 84, null, 'warning'],
  ['BATTERY_HEALTH', 54, 'warning', 'critical'],
  ['BATTERY_HEALTH', 56, 'warning', 'warning'],
  ['BATTERY_HEALTH', 49, 'critical', 'critical'],
  ['ECC_UNCORRECTABLE', 0, null, null],
  ['ECC_UNCORRECTABLE', 1, 'critical', 'critical'],
  ['FS_FULL_IN', 47, null, 'warning'],
  ['FS_FULL_IN', 20, null, 'critical'],
  ['FS_FULL_IN', 7, 'warning', 'critical'],
  ['CPU_LOAD', 80, null, 'warning'],
  ['CPU_LOAD', 100, 'warning', 'warning'],
  ['SMART_197', 0, null, null],
  ['SMART_197', 1, 'critical', 'critical'],
] as const satisfies [StoredReading['code'], number, Severity | null, Severity | null][])(
  '%s at %d opens %s and keeps %s open',
  (code, value, severity, hold) => {
    expect(observe({ code, value })).toEqual([severity, hold]);
  },
);

it('keeps nothing open that is held back altogether, and no critical that is held below it', () => {
  expect(observe({ code: 'BATTERY_CHARGE', value: 3, at_most: 0 })).toEqual([null, null]);
  expect(observe({ code: 'FS_USED', value: 95, at_most: 69 })).toEqual(['warning', 'warning']);
});

it('has none for states: they are entered and left at once', () => {
  expect(observe({ code: 'FIREWALL', value: 'off' })).toEqual(['warning', 'warning']);
  expect(observe({ code: 'FIREWALL', value: 'on' })).toEqual([null, null]);
});
