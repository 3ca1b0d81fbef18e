import { levelFaults } from './level-faults.js';

it.each([
  ['FS_USED', {}],
  ['FS_USED', { warning: 85 }],
  ['FS_USED', { warning: 97 }],
  ['FS_USED', { critical: 91, critical_leave: 85 }],
  ['FS_USED', { leave: 70, warning: 80, critical_leave: 80, critical: 95, fail: 99 }],
  ['FS_USED', { critical: null }],
  ['FS_USED', { warning: null }],
  ['FS_USED', { warning: undefined }],
  ['BATTERY_HEALTH', { warning: 70, critical: 40 }],
  ['BATTERY_HEALTH', { leave: 90 }],
  ['CPU_LOAD', { critical: 98 }],
  ['SMART_199', { warning: 50, critical: 500 }],
  ['OS_SUPPORT', { warning: -30 }],
] as const)('%s may have %j', (code, levels) => {
  expect(levelFaults(code, levels)).toEqual([]);
});

it.each([
  ['FS_USED', { warning: 99 }, 'warning', 'warning (99) must not lie above critical (98, the default)'],
  ['FS_USED', { critical: 85 }, 'critical', 'warning (90, the default) must not lie above critical (85)'],
  ['FS_USED', { leave: 95 }, 'leave', 'leave (95) must not lie above warning (90, the default)'],
  [
    'FS_USED',
    { critical_leave: 99 },
    'critical_leave',
    'critical_leave (99) must not lie above critical (98, the default)',
  ],
  [
    'FS_USED',
    { critical_leave: 70 },
    'critical_leave',
    'leave (80, the default) must not lie above critical_leave (70)',
  ],
  ['FS_USED', { critical: 95, fail: 94 }, 'fail', 'critical (95) must not lie above fail (94)'],
  ['BATTERY_HEALTH', { warning: 40 }, 'warning', 'warning (40) must not lie below critical (50, the default)'],
  ['FS_USED', { warning: 101 }, 'warning', 'must lie between 0 and 100 %'],
  ['CPU_TEMPERATURE', { critical: 300 }, 'critical', 'must lie between -40 and 150 °C'],
  ['SMART_5', { warning: -1 }, 'warning', 'must lie between 0 and 9007199254740991 sectors'],
  ['FS_USED', { warning: NaN }, 'warning', 'must be a finite number'],
  ['FS_USED', { warning: Infinity }, 'warning', 'must be a finite number'],
  ['FS_USED', { warning: '90' }, 'warning', 'must be a finite number'],
  ['FS_USED', { leave: null }, 'leave', 'must be a number'],
  ['FS_USED', { fail: null }, 'fail', 'must be a number'],
  [
    'FS_USED',
    { criticalLeave: 90 },
    'criticalLeave',
    'is not a level; levels are leave, warning, critical, fail, critical_leave',
  ],
  [
    'FS_USED',
    { toString: 90 },
    'toString',
    'is not a level; levels are leave, warning, critical, fail, critical_leave',
  ],
  [
    'CPU_LOAD',
    { critical_leave: 90 },
    'critical_leave',
    'CPU_LOAD has no critical level to leave: name critical as well',
  ],
  [
    'SMART_STATUS',
    { warning: 1 },
    'warning',
    'SMART_STATUS is judged by its state: it has no levels, it can only be turned off',
  ],
] as const)('%s may not have %j: %s %s', (code, levels, field, detail) => {
  expect(levelFaults(code, levels)).toEqual([{ field, detail }]);
});

it('names every field that is wrong', () => {
  expect(levelFaults('FS_USED', { warning: 'high', fail: null, colour: 3 }).map(({ field }) => field)).toEqual([
    'warning',
    'fail',
    'colour',
  ]);
});
