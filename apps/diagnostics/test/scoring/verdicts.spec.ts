import { scoreDiagnostic } from '../../src/scoring/index.js';
import { machines, type MachineName } from './corpus/machines.js';

const NOW = new Date('2026-11-22T12:00:00Z');

/**
 * What a technician should read, checked by hand. Points: weight of the category over the observed weight, times its
 * penalty (worst check whole, the others by a quarter of their mean); then the lowest cap. `w` = observed weight.
 */
const verdicts: [
  machine: MachineName,
  score: number,
  band: string,
  coverage: number,
  findings: string[],
  why: string,
][] = [
  ['healthyNvmeLaptop', 100, 'healthy', 1, [], 'nothing beyond any limit'],
  ['wornBatteryLaptop', 94.8, 'healthy', 1, ['warning BATTERY_HEALTH'], '68 % of design: 40 + 30·12/30 = 52, × 10/100'],
  [
    'deadBatteryLaptop',
    49,
    'poor',
    1,
    ['critical BATTERY_HEALTH'],
    '42 %: 70 + 30·8/30 = 78 → 92.2, any critical ≤ 49',
  ],
  ['healthyDesktop', 100, 'healthy', 0.9, [], 'no battery: its weight is spread over the rest'],
  [
    'onePendingSector',
    49,
    'poor',
    0.9,
    ['critical SMART_197:WD-WCC6Y0KX1234'],
    'raw 1 is in (0, 2]: 34 % fail within a year',
  ],
  ['fivePendingSectors', 49, 'poor', 0.9, ['critical SMART_197:WD-WCC6Y0KX1234'], '(2, 6]: 68 %'],
  ['fortyPendingSectors', 49, 'poor', 0.9, ['critical SMART_197:WD-WCC6Y0KX1234'], '(16, 40]: 96 %'],
  [
    'smartFailing',
    25,
    'poor',
    0.9,
    [
      'critical SMART_197:WD-WCC6Y0KX1234',
      'critical SMART_5:WD-WCC6Y0KX1234',
      'critical SMARTCTL_VERDICT:WD-WCC6Y0KX1234',
      'critical SMART_STATUS:WD-WCC6Y0KX1234',
    ],
    'the disk says so itself: failing hardware ≤ 25',
  ],
  [
    'fewReallocated',
    84.72,
    'healthy',
    0.9,
    ['warning SMART_5:WD-WCC6Y0KX1234'],
    '7.5 % fail: 40 + 30·½ = 55, × 25/90 = 15.28',
  ],
  ['fullDisk', 49, 'poor', 1, ['critical FS_USED:C:'], '99.5 %, 2.6 GB free: critical'],
  ['nearlyFullDisk', 85.31, 'healthy', 1, ['warning FS_USED:C:'], '95 %: 40 + 30·5/8 = 58.75, × 25/100 = 14.69'],
  [
    'bigFullDisk',
    79,
    'attention',
    1,
    ['warning FS_USED:C:'],
    '99 %, but 40 GB free: a warning of 69 → 82.75; full is not healthy ≤ 79',
  ],
  ['eccCorrected', 94.66, 'healthy', 0.9, ['warning ECC_CORRECTABLE'], '40.04 × 12/90 = 5.34'],
  [
    'eccUncorrected',
    25,
    'poor',
    0.9,
    ['critical ECC_UNCORRECTABLE', 'warning ECC_CORRECTABLE'],
    'memory damages data: ≤ 25',
  ],
  ['oldWindows', 70, 'attention', 1, ['warning OS_SUPPORT'], '404 days past its end → 94.34; unsupported ≤ 70'],
  ['hotLaptop', 49, 'poor', 1, ['critical CPU_TEMPERATURE'], '100 °C without trip points: limits 85 / 95'],
  [
    'hotByDesign',
    100,
    'healthy',
    0.9,
    [],
    '88 °C where the processor itself warns at 100: below 90, where a finding would leave',
  ],
  ['virtualMachine', 100, 'healthy', 0.77, [], 'no sensors, no battery, no SMART: unknown, neither good nor bad'],
  ['withoutRoot', 100, 'healthy', 0.9, [], 'SMART and firewall denied: what is left is fine'],
  [
    'macBook',
    91.67,
    'healthy',
    0.72,
    ['warning FIREWALL'],
    'firewall off: 60 × 10/72 = 8.33; battery 91 % loses nothing',
  ],
  [
    'fullOfNonsense',
    100,
    'healthy',
    0.55,
    [],
    'impossible values are unknown: memory, temperature and load are not judged',
  ],
];

describe('the corpus', () => {
  it.each(verdicts)('%s scores %d, %s', (machine, score, band, coverage, findings) => {
    const verdict = scoreDiagnostic(machines[machine], NOW);
    expect({
      score: verdict.score,
      band: verdict.band,
      coverage: verdict.coverage,
      findings: verdict.findings.map(({ severity, key }) => `${severity} ${key}`).sort(),
    }).toEqual({ score, band, coverage, findings: [...findings].sort() });
  });

  it('has a verdict for every machine', () => {
    expect(verdicts.map(([machine]) => machine).sort()).toEqual(Object.keys(machines).sort());
  });

  it('says what it could not use, section by section', () => {
    expect(scoreDiagnostic(machines.fullOfNonsense, NOW).section_notes).toEqual([
      {
        section: 'cpu',
        note: 'Not used: currentLoad: 400 is not a number from 0 to 100; temperature.main: “NaN” is not a number from 0 to 150; temperature.max: 61000 is not a number from 0 to 150.',
      },
      { section: 'memory', note: 'Not used: total: -16000000000 is not a number from 1 to 10000000000000000.' },
    ]);
  });

  it('says why a category has no score', () => {
    const reasons = (machine: MachineName) =>
      Object.fromEntries(
        scoreDiagnostic(machines[machine], NOW).categories.flatMap(({ name, reason }) =>
          reason ? [[name, reason]] : [],
        ),
      );
    expect(reasons('virtualMachine')).toEqual({ battery: 'no battery', cpu_thermal: 'thermal: unavailable' });
    expect(reasons('healthyDesktop')).toEqual({ battery: 'no battery' });
    expect(reasons('fullOfNonsense')).toMatchObject({ memory: 'memory: no usable value' });
    expect(reasons('macBook')).toMatchObject({ stability: 'stability: unavailable' });
  });
});
