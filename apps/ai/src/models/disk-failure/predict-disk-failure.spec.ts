import fc from 'fast-check';
import { predictDiskFailure, type DiskFailure, type SmartSnapshot } from './index.js';
import { COUNTERS, OTHERS } from './features.js';

const counts = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 5_000 }),
  fc.constant(4_295_032_833),
);
const attributes = fc.dictionary(fc.constantFrom(...COUNTERS, ...OTHERS), counts, { minKeys: 1 });
const models = fc.constantFrom(
  'ST4000DM000',
  'ST3000DM001',
  'WDC WD30EFRX',
  'Hitachi HDS722020ALA330',
  'TOSHIBA X300',
  '',
);
const pasts = fc
  .tuple(models, fc.array(fc.tuple(fc.integer({ min: 1, max: 1_500 }), attributes), { minLength: 1, maxLength: 8 }))
  .map(([model, steps]) => {
    let hours = 100;
    return steps.map(([later, read]): SmartSnapshot => ({ model, hours: (hours += later), attributes: read }));
  });

const riskOf = (snapshots: readonly SmartSnapshot[]): number => {
  const { risk } = predictDiskFailure(snapshots);
  if (!risk) throw new Error('no risk was told');
  return risk.probability;
};
/** The same past with one counter raised by `more` wherever `where` says and it was read. */
const raised = (past: readonly SmartSnapshot[], id: string, more: number, where: (index: number) => boolean) =>
  past.map((snapshot, index): SmartSnapshot => {
    const value = snapshot.attributes[id];
    if (value === undefined || value === null || !where(index)) return snapshot;
    return { ...snapshot, attributes: { ...snapshot.attributes, [id]: value + more } };
  });
const tells = (past: readonly SmartSnapshot[]) =>
  past.some(({ attributes: read }) => COUNTERS.some((id) => id in read));

describe('the risk of a disk, by trained trees', () => {
  it('never falls when one of the five counters is higher in the newest snapshot', () => {
    fc.assert(
      fc.property(
        pasts.filter(tells),
        fc.constantFrom(...COUNTERS),
        fc.integer({ min: 1, max: 3_000 }),
        (past, id, more) => {
          expect(riskOf(raised(past, id, more, (index) => index === past.length - 1))).toBeGreaterThanOrEqual(
            riskOf(past),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never falls when one of the five counters is higher by as much in every snapshot', () => {
    fc.assert(
      fc.property(
        pasts.filter(tells),
        fc.constantFrom(...COUNTERS),
        fc.integer({ min: 1, max: 3_000 }),
        (past, id, more) => {
          expect(riskOf(raised(past, id, more, () => true))).toBeGreaterThanOrEqual(riskOf(past));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is a probability, the same each time and whatever the order of the snapshots', () => {
    fc.assert(
      fc.property(pasts.filter(tells), (past) => {
        const first = predictDiskFailure(past);
        expect(predictDiskFailure([...past].reverse())).toEqual(first);
        expect(first.risk?.probability).toBeGreaterThan(0);
        expect(first.risk?.probability).toBeLessThan(1);
      }),
      { numRuns: 50 },
    );
  });

  const disk = (hours: number, read: Record<string, number>): SmartSnapshot => ({
    hours,
    model: 'ST4000DM000',
    attributes: read,
  });
  const clean = { '5': 0, '187': 0, '188': 0, '197': 0, '198': 0, '12': 10, '10': 0 };
  const attributesOf = ({ drivers }: DiskFailure) => drivers.map(({ attribute }) => attribute);

  it('is low for a clean disk and critical for one whose errors grow, and says by what', () => {
    const healthy = predictDiskFailure([disk(9_000, clean), disk(10_000, clean)]);
    const dying = predictDiskFailure([
      disk(9_000, clean),
      disk(9_900, { ...clean, '187': 4, '197': 16, '198': 16 }),
      disk(10_000, { ...clean, '187': 30, '197': 120, '198': 120, '5': 40 }),
    ]);
    expect(healthy.risk?.band).toBe('low');
    expect(healthy.method).toBe('gbdt');
    expect(dying.risk?.band).toBe('critical');
    expect(dying.drivers[0]?.contribution).toBeGreaterThan(0.5);
    expect(attributesOf(dying)).toEqual(expect.arrayContaining(['187', '197']));
    expect(dying.drivers.find(({ attribute }) => attribute === '187')).toMatchObject({ value: 30, delta_30d: 30 });
  });

  it('does not change when a snapshot that says nothing new stands between two others', () => {
    const past = [disk(9_000, clean), disk(10_000, { ...clean, '197': 8 })];
    const longer = [disk(9_000, clean), disk(9_500, clean), disk(10_000, { ...clean, '197': 8 })];
    expect(riskOf(longer)).toBe(riskOf(past));
  });

  it('says at which share of failing disks it is calibrated, and what it is in a fleet', () => {
    const { risk } = predictDiskFailure([disk(9_000, clean)]);
    expect(risk?.calibration).toMatchObject({ method: 'isotonic', fleet_prevalence: 0.004 });
    expect(risk?.calibration.prevalence).toBeCloseTo(0.0287, 3);
    expect(risk?.calibration.fleet_probability).toBeLessThan(risk?.probability ?? 0);
  });

  it('warns of counters that the disk does not report, of a single snapshot and of a model it never saw', () => {
    const { warnings } = predictDiskFailure([
      { hours: 5_000, model: 'TOSHIBA X300', attributes: { '5': 0, '197': 0 } },
    ]);
    expect(warnings).toEqual([
      'not reported by the disk: SMART 187, 188, 198',
      'one snapshot: whether a counter grows is not known',
      'no disk of this model was in the training data',
    ]);
  });
});

describe('a disk that says nothing', () => {
  it.each([
    ['no snapshot', []],
    ['no attribute', [{ hours: 5_000, model: 'ST4000DM000', attributes: {} }]],
    ['only how often it was switched on', [{ hours: 5_000, attributes: { '12': 40 } }]],
    ['only missing values', [{ hours: 5_000, attributes: { '5': null, '197': Number.NaN } }]],
    ['an NVMe drive of which only the wear is known', [{ attributes: { percentage_used: 3 } }]],
    ['an SSD without a counter', [{ model: 'Samsung SSD 860 EVO', attributes: { '177': 12 } }]],
  ] satisfies [string, SmartSnapshot[]][])('has no risk, and a warning: %s', (_, snapshots) => {
    const { risk, method, warnings } = predictDiskFailure(snapshots);
    expect({ risk, method }).toEqual({ risk: null, method: 'none' });
    expect(warnings).toEqual([expect.stringContaining('not a sign of health')]);
  });
});
