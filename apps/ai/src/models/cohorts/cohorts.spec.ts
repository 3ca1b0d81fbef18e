import fc from 'fast-check';
import { cohortsOf, type DeviceFindings } from './index.js';
import { fisherUpper, logFactorials } from './fisher.js';

const device = (id: number, attributes: Record<string, string>, ...codes: string[]): DeviceFindings => ({
  device_id: `dev_${String(id).padStart(3, '0')}`,
  attributes,
  codes,
});
const many = (from: number, count: number, attributes: Record<string, string>, ...codes: string[]) =>
  Array.from({ length: count }, (_, i) => device(from + i, attributes, ...codes));

describe("Fisher's exact test", () => {
  it("gives the probability of the lady tasting tea's eight cups", () => {
    expect(fisherUpper(4, 4, 4, 8, logFactorials(8))).toBeCloseTo(1 / 70, 12);
    expect(fisherUpper(3, 4, 4, 8, logFactorials(8))).toBeCloseTo(17 / 70, 12);
  });

  it('is one for nothing and sums the same from either margin', () => {
    const numbers = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(numbers, numbers, numbers, (group, marked, rest) => {
        const all = Math.max(group, marked) + rest;
        const logs = logFactorials(all);
        expect(fisherUpper(0, group, marked, all, logs)).toBeCloseTo(1, 9);
        const hits = Math.min(group, marked);
        expect(fisherUpper(hits, group, marked, all, logs)).toBeCloseTo(fisherUpper(hits, marked, group, all, logs), 9);
      }),
      { numRuns: 100 },
    );
  });
});

describe('cohorts', () => {
  const healthy = many(100, 60, { model: 'T14', build: '22631' });

  it('are the findings that devices of one driver have in common', () => {
    const bad = many(0, 8, { model: 'T14', driver: '551.2' }, 'GPU_RESET', 'EVENT_BSOD');
    const good = many(20, 2, { model: 'T14', driver: '551.2' });
    expect(cohortsOf([...bad, ...good, ...healthy])).toEqual([
      {
        attribute: 'driver',
        value: '551.2',
        codes: ['EVENT_BSOD', 'GPU_RESET'],
        devices: bad.map(({ device_id }) => device_id),
        of: 10,
        lift: null,
        p_value: expect.any(Number),
      },
    ]);
  });

  it('say how much oftener than elsewhere', () => {
    const bad = many(0, 10, { model: 'X1' }, 'DISK_FULL');
    const [cohort] = cohortsOf([...bad, ...many(20, 6, { model: 'T14' }, 'DISK_FULL'), ...healthy]);
    expect(cohort?.lift).toBeCloseTo(66 / 6, 9);
  });

  it('name one attribute where two say the same of the same devices: the one with no device left out', () => {
    const bad = many(0, 9, { model: 'X1', build: '19045' }, 'EVENT_BSOD');
    const rest = many(20, 4, { model: 'T14', build: '19045' });
    const cohorts = cohortsOf([...bad, ...rest, ...healthy]);
    expect(cohorts.map(({ attribute, value }) => [attribute, value])).toEqual([['model', 'X1']]);
  });

  it.each([
    ['two devices', [...many(0, 2, { model: 'X1' }, 'EVENT_BSOD'), ...healthy]],
    ['a fleet of one model', many(0, 30, { model: 'X1' }, 'EVENT_BSOD')],
    ['a finding everywhere', [...many(0, 10, { model: 'X1' }, 'A'), ...many(20, 40, { model: 'T14' }, 'A')]],
    ['no devices', []],
  ])('are none of %s', (_what, fleet) => {
    expect(cohortsOf(fleet)).toEqual([]);
  });

  it('are told by chance in no more fleets than the significance says', () => {
    let state = 5;
    const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    const pick = (kind: string, of: number) => `${kind}${Math.floor(random() * of)}`;
    let told = 0;
    for (let fleet = 0; fleet < 200; fleet++) {
      const devices = Array.from({ length: 60 }, (_, id) =>
        device(
          id,
          { model: pick('m', 6), build: pick('b', 4), driver: pick('d', 8) },
          ...['A', 'B', 'C', 'D', 'E'].filter(() => random() < 0.2),
        ),
      );
      told += cohortsOf(devices).length > 0 ? 1 : 0;
    }
    expect(told).toBeLessThanOrEqual(4);
  });

  it('do not depend on the order of the devices', () => {
    const fleet = [...many(0, 8, { model: 'X1' }, 'A', 'B'), ...many(10, 5, { driver: '5' }, 'C'), ...healthy];
    expect(cohortsOf(fleet).length).toBe(2);
    expect(cohortsOf(fleet.toReversed())).toEqual(cohortsOf(fleet));
  });
});
