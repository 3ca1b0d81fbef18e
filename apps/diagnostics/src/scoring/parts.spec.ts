import type { Section, SectionStatus } from '@techze/contracts';
import { isGone, readEvidence } from './index.js';

const NOW = new Date('2026-11-22T00:00:00Z');
const partsOf = (name: string, data: Record<string, unknown>, status: SectionStatus = 'ok') =>
  readEvidence({ [name]: { status, data } satisfies Section }, NOW);

const disk = (serialNum: string) => ({ serialNum, device: '/dev/sda', temperature: 40 });
const pending = { code: 'SMART_197', instance: 'OLD' };

describe('a finding about a part is gone', () => {
  it.each([
    ['a disk that was replaced', 'storage', { diskLayout: [disk('NEW')] }, pending],
    [
      'a stick that was pulled out',
      'storage',
      { fsSize: [{ fs: 'C:', mount: 'C:', use: 40 }] },
      { code: 'FS_USED', instance: 'E:' },
    ],
    [
      'an adapter that was unplugged',
      'network',
      { stats: [{ iface: 'eth0' }] },
      { code: 'NIC_ERRORS', instance: 'usb0' },
    ],
    ['a sensor', 'thermal', { sensors: [{ name: 'SYSTIN' }] }, { code: 'SENSOR_TEMPERATURE', instance: 'AUXTIN' }],
    [
      'a graphics card',
      'graphics',
      { controllers: [{ model: 'UHD 630' }] },
      { code: 'GPU_TEMPERATURE', instance: 'RTX 3060' },
    ],
    ['the battery', 'battery', { hasBattery: false }, { code: 'BATTERY_HEALTH' }],
    ['a second battery', 'battery', { hasBattery: true }, { code: 'BATTERY_HEALTH', instance: '2' }],
  ])('with %s', (_what, section, data, finding) => {
    expect(isGone(partsOf(section, data), finding)).toBe(true);
  });
});

describe('a finding is not gone', () => {
  it.each([
    ['while its disk is listed', { diskLayout: [disk('OLD'), disk('NEW')] }, 'ok'],
    [
      'while another disk hides its serial, as from an agent without root',
      { diskLayout: [disk(''), disk('NEW')] },
      'denied',
    ],
    ['where the list is missing', {}, 'ok'],
    ['where the list is empty', { diskLayout: [] }, 'ok'],
    ['where the collector broke off', { diskLayout: [disk('NEW')] }, 'timeout'],
    ['where the collector failed', { diskLayout: [disk('NEW')] }, 'error'],
    [
      'where the list is so long that it may have been cut',
      { diskLayout: Array.from({ length: 64 }, (_, i) => disk(`S${i}`)) },
      'ok',
    ],
  ] as const)('%s', (_what, data, status) => {
    expect(isGone(partsOf('storage', data, status), pending)).toBe(false);
  });

  it('when its file system is listed with values that cannot be used', () => {
    const evidence = partsOf('storage', { fsSize: [{ fs: 'D:', mount: 'D:', use: 400 }] });
    expect(isGone(evidence, { code: 'FS_USED', instance: 'D:' })).toBe(false);
  });

  it('when it is about no part, or by a code that exists no more', () => {
    const evidence = partsOf('storage', { diskLayout: [disk('NEW')] });
    expect(isGone(evidence, { code: 'MEMORY_USED' })).toBe(false);
    expect(isGone(evidence, { code: 'SMART_999', instance: 'OLD' })).toBe(false);
    expect(isGone(evidence, { code: 'constructor', instance: 'OLD' })).toBe(false);
  });
});
