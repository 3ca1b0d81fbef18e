import { isWorse } from './growth.js';

describe('whether a finding has grown', () => {
  it.each([
    ['a counter by one', 'SMART_197', 2, 1, true],
    ['a counter that stands still', 'SMART_197', 2, 2, false],
    ['a counter that fell', 'SMART_197', 1, 2, false],
    ['events by one', 'BUGCHECKS', 4, 3, true],
    ['a gauge by less than it wobbles', 'FS_USED', 91.9, 91, false],
    ['a gauge by what is noticed', 'FS_USED', 92, 91, true],
    ['a gauge that got better', 'FS_USED', 90, 97, false],
    ['a gauge where less is worse', 'BATTERY_HEALTH', 70, 74, true],
    ['a gauge where less is worse, by too little', 'BATTERY_HEALTH', 73, 74, false],
    ['a gauge where less is worse, that got better', 'BATTERY_HEALTH', 79, 74, false],
    ['a state that weighs more', 'ANTIVIRUS', 'off', 'outdated', true],
    ['a state that weighs less', 'ANTIVIRUS', 'outdated', 'off', false],
    ['a state that is the same', 'ANTIVIRUS', 'off', 'off', false],
    ['a state for a number', 'FS_USED', 'full', 91, false],
    ['a number for a state', 'ANTIVIRUS', 3, 'off', false],
    ['a check that exists no more', 'GONE_CHECK', 9, 1, false],
  ])('%s', (_what, code, value, than, worse) => {
    expect(isWorse(code, value, than)).toBe(worse);
  });
});
