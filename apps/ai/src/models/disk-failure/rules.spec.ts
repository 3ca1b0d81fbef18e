import { predictDiskFailure, type SmartSnapshot } from './index.js';

const HOUR = 3_600_000;
const nvme = (attributes: Record<string, number>, at = 0): SmartSnapshot => ({
  at,
  model: 'Samsung SSD 980 PRO',
  attributes,
});
const well = { critical_warning: 0, available_spare: 100, percentage_used: 5, media_errors: 0 };
const bandOf = (...snapshots: SmartSnapshot[]) => predictDiskFailure(snapshots).risk?.band;

describe('what no failure data covers', () => {
  it.each([
    ['a critical warning', { critical_warning: 4 }, 'critical'],
    ['spare below 10 %, where the drive names no threshold', { available_spare: 9 }, 'critical'],
    [
      'spare below the threshold that the drive names',
      { available_spare: 15, available_spare_threshold: 20 },
      'critical',
    ],
    ['spare at its threshold', { available_spare: 10 }, 'elevated'],
    ['more than 90 % of the rated life', { percentage_used: 91 }, 'elevated'],
    ['more than all of the rated life', { percentage_used: 101 }, 'high'],
    ['media errors', { media_errors: 3 }, 'elevated'],
    ['nothing', {}, 'low'],
  ])('is judged by rules on NVMe: %s', (_, worse, band) => {
    const { method, risk } = predictDiskFailure([nvme({ ...well, ...worse })]);
    expect({ method, band: risk?.band }).toEqual({ method: 'rules', band });
    expect(risk?.calibration.method).toBe('none');
  });

  it('takes media errors that grow for critical, and those that stopped for an old story', () => {
    const errors = (count: number, hours: number) => nvme({ ...well, media_errors: count }, hours * HOUR);
    expect(bandOf(errors(0, 0), errors(3, 48))).toBe('critical');
    expect(bandOf(errors(0, 0), errors(3, 48), errors(3, 3_000))).toBe('elevated');
  });

  it('is judged by rules on a SATA SSD, by name or by the wear it reports', () => {
    const counters = { '5': 0, '187': 2, '197': 0 };
    expect(predictDiskFailure([{ at: 0, model: 'KINGSTON SA400S37240G', attributes: counters }])).toMatchObject({
      method: 'rules',
      risk: { band: 'high' },
    });
    expect(predictDiskFailure([{ at: 0, model: 'X', attributes: { ...counters, '177': 9 } }]).method).toBe('rules');
    expect(predictDiskFailure([{ at: 0, model: 'ST4000DM000', attributes: counters }]).method).toBe('gbdt');
  });
});
