import { Category, type Section } from '@techze/contracts';
import fc from 'fast-check';
import { machine, wholeMachine, type Sections } from '../../test/scoring/machine.arbitrary.js';
import { PROPERTY_RUNS } from '../../test/scoring/runs.js';
import { worsenings } from '../../test/scoring/worsenings.js';
import { INSTANCES_PER_CHECK } from './assessment.js';
import { scoreDiagnostic } from './score-diagnostic.js';

const NOW = new Date('2026-11-22T00:00:00Z');
const numRuns = PROPERTY_RUNS;
const verdict = (sections: Sections) => scoreDiagnostic(sections, NOW);
const unit = fc.double({ min: 0, max: 0.999, noNaN: true });
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** The same lists in another order, at every depth. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reversed(member)])
      .reverse(),
  );
}

describe('scoreDiagnostic', () => {
  it.each(worsenings)('never scores higher when $name', ({ apply }) => {
    fc.assert(
      fc.property(wholeMachine, unit, unit, (sections, amount, pick) => {
        const worse = structuredClone(sections);
        apply(worse, amount, pick);
        expect(verdict(worse).score ?? 0).toBeLessThanOrEqual(verdict(sections).score ?? 0);
      }),
      { numRuns: Math.ceil(numRuns / 20) },
    );
  });

  it('never scores higher when many things get worse at once', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...worsenings), unit, unit), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(machine, steps, (sections, taken) => {
        const worse = structuredClone(sections);
        for (const [{ apply }, amount, pick] of taken) apply(worse, amount, pick);
        expect(verdict(worse).score ?? 0).toBeLessThanOrEqual(verdict(sections).score ?? 0);
      }),
      { numRuns },
    );
  });

  it('never scores higher when one of more disks gets worse than it lists', () => {
    const temperatures = fc.array(fc.integer({ min: 30, max: 90 }), {
      minLength: 2 * INSTANCES_PER_CHECK,
      maxLength: 100,
    });
    const storage = (celsius: readonly number[]): Sections => ({
      storage: {
        status: 'ok',
        data: { diskLayout: celsius.map((temperature, index) => ({ serialNum: `S${index}`, temperature })) },
      },
    });
    fc.assert(
      fc.property(temperatures, unit, fc.integer({ min: 1, max: 60 }), (celsius, pick, more) => {
        const hotter = celsius.with(
          Math.floor(pick * celsius.length),
          Math.min(120, (celsius.at(Math.floor(pick * celsius.length)) ?? 0) + more),
        );
        expect(verdict(storage(hotter)).score ?? 0).toBeLessThanOrEqual(verdict(storage(celsius)).score ?? 0);
      }),
      { numRuns },
    );
  });

  it('deducts exactly what is missing to 100', () => {
    fc.assert(
      fc.property(machine, (sections) => {
        const { score, deductions } = verdict(sections);
        if (score === null) return expect(deductions).toEqual([]);
        expect(sum(deductions.map(({ points }) => Math.round(points * 100)))).toBe(Math.round((100 - score) * 100));
        expect(Math.abs(sum(deductions.map(({ points }) => points)) - (100 - score))).toBeLessThan(1e-9);
        expect(deductions.every(({ points }) => points >= 0)).toBe(true);
      }),
      { numRuns },
    );
  });

  it('judges a category by its own sections: removing others changes nothing', () => {
    // What each section says of; `thermal` and `cpu` share one category, `os` speaks for two.
    const speaksOf: Record<string, readonly Category[]> = {
      storage: ['storage'],
      memory: ['memory'],
      cpu: ['cpu_thermal', 'performance'],
      battery: ['battery'],
      network: ['network'],
      stability: ['stability'],
      services: ['stability'],
      os: ['stability', 'security'],
      security: ['security'],
      processes: ['performance'],
    };
    fc.assert(
      fc.property(machine, fc.constantFrom(...Object.keys(speaksOf)), (sections, removed) => {
        const { [removed]: gone, ...rest } = sections;
        const others = ({ name }: { name: Category }) => !speaksOf[removed]?.includes(name);
        const scores = (all: Sections) =>
          verdict(all)
            .categories.filter(others)
            .map(({ name, score }) => [name, score]);
        expect(scores(rest)).toEqual(scores(sections));
        expect(gone === undefined || verdict(rest).coverage <= verdict(sections).coverage).toBe(true);
      }),
      { numRuns },
    );
  });

  it('reports as much coverage as the categories that it scored weigh', () => {
    fc.assert(
      fc.property(machine, (sections) => {
        const { score, band, coverage, categories } = verdict(sections);
        const observed = categories.filter((category) => category.score !== null);
        expect(categories.map(({ name }) => name)).toEqual(Category.options);
        expect(score === null).toBe(observed.length === 0);
        expect(band === 'unknown').toBe(coverage < 0.4);
        expect(sum(observed.map(({ weight }) => weight))).toBeCloseTo(observed.length > 0 ? 1 : 0, 9);
        expect(categories.every(({ score: own, reason }) => (own === null) === (reason !== null))).toBe(true);
      }),
      { numRuns },
    );
  });

  it('scores the same whatever the order of the evidence', () => {
    fc.assert(
      fc.property(machine, (sections) => {
        const inOrder = verdict(sections);
        const inReverse = verdict(reversed(sections) as Sections);
        expect(inReverse.score).toBe(inOrder.score);
        expect(inReverse.categories).toEqual(inOrder.categories);
      }),
      { numRuns },
    );
  });

  it('scores the same in any unit of capacity', () => {
    fc.assert(
      fc.property(machine, fc.constantFrom(0.001, 0.5, 2, 7.4, 1000), (sections, factor) => {
        const scaled = structuredClone(sections);
        const battery = scaled['battery']?.data;
        for (const key of ['designedCapacity', 'maxCapacity']) {
          if (battery) battery[key] = Number(battery[key]) * factor;
        }
        expect(verdict(scaled).score).toBe(verdict(sections).score);
      }),
      { numRuns },
    );
  });

  it('has a finding exactly where a deduction names one, each once', () => {
    fc.assert(
      fc.property(machine, (sections) => {
        const { deductions, findings } = verdict(sections);
        const named = deductions.flatMap(({ key }) => (key === null ? [] : [key]));
        expect(findings.map(({ key }) => key).sort()).toEqual([...named].sort());
        expect(new Set(named).size).toBe(named.length);
        for (const { key, points } of findings) {
          expect(points).toBe(deductions.find((deduction) => deduction.key === key)?.points);
        }
      }),
      { numRuns },
    );
  });

  it('never calls a machine with a full disk healthy', () => {
    fc.assert(
      fc.property(machine, fc.integer({ min: 1e6, max: 4e12 }), (sections, size) => {
        const full = { fs: 'C:', mount: 'C:', type: 'NTFS', size, used: size, available: 0, use: 100 };
        const storage: Section = { status: 'ok', data: { ...sections['storage']?.data, fsSize: [full] } };
        const { score, band } = verdict({ ...sections, storage });
        expect(score).toBeLessThanOrEqual(49);
        expect(band).not.toBe('healthy');
      }),
      { numRuns },
    );
  });

  it('takes anything that JSON can hold, wherever it stands', () => {
    const names = [
      'storage',
      'memory',
      'cpu',
      'battery',
      'network',
      'os',
      'stability',
      'services',
      'security',
      'processes',
      'thermal',
    ];
    const keys = [
      'fsSize',
      'diskLayout',
      'use',
      'size',
      'smartData',
      'table',
      'raw',
      'value',
      'temperature',
      'main',
      'stats',
      'iface',
      'services',
      'sensors',
      'zones',
      'firewall',
      'hasBattery',
      'percent',
      'total',
      'available',
      '__proto__',
      'constructor',
      'ecc',
      'failed_units',
      'distro',
    ];
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, '', 'NaN', -1, 0, 1e308, -5e-324, true, '\u0000', '\ud800'),
        fc.double(),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value')),
        tie('object'),
      ),
      object: fc.dictionary(fc.constantFrom(...keys), tie('value')),
    }));
    const sections = fc.dictionary(
      fc.constantFrom(...names),
      anything.object.map((data) => ({ status: 'ok', data })),
    );
    fc.assert(
      fc.property(sections, (hostile) => {
        const { score, deductions } = verdict(JSON.parse(JSON.stringify(hostile)) as Sections);
        expect(score === null || (score >= 0 && score <= 100)).toBe(true);
        expect(deductions.every(({ points }) => Number.isFinite(points))).toBe(true);
      }),
      { numRuns },
    );
  });

  it('is not changed by values that nobody could measure: the metric is unknown', () => {
    const impossible = fc.constantFrom(-1, -1e9, 1e308, 'NaN', 'full', [], {}, true);
    fc.assert(
      fc.property(machine, impossible, (sections, value) => {
        const { cpu: _cpu, ...without } = sections;
        const broken: Sections = { ...without, cpu: { status: 'ok', data: { currentLoad: value } } };
        const { score, categories, section_notes } = verdict(broken);
        expect(section_notes.find(({ section }) => section === 'cpu')?.note).toContain('currentLoad');
        expect(categories.map((category) => category.score)).toEqual(
          verdict(without).categories.map((category) => category.score),
        );
        expect(score).toBe(verdict(without).score);
      }),
      { numRuns },
    );
  });
});
