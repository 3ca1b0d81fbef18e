import { type Category, type Section } from '@techze/contracts';
import fc from 'fast-check';
import { metricsOf } from '../../../src/scoring/index.js';
import { always, judgeSections, same, scoreOf } from './judged.js';
import { machine, onlyOf, type Sections } from './machine.arbitrary.js';

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

/** Which categories each section speaks for. */
const speaksFor: Record<string, readonly Category[]> = {
  storage: ['storage'],
  memory: ['memory'],
  cpu: ['cpu_thermal', 'performance'],
  thermal: ['cpu_thermal'],
  graphics: ['cpu_thermal'],
  battery: ['battery'],
  network: ['network'],
  stability: ['stability'],
  services: ['stability'],
  os: ['stability', 'security'],
  security: ['security'],
  processes: ['performance'],
};
const names = Object.keys(speaksFor);

/** Whatever a JSON document can hold under the keys that are read. */
const hostile = (() => {
  const keys = fc.constantFrom(
    'fsSize',
    'diskLayout',
    'use',
    'size',
    'used',
    'available',
    'hours_until_full',
    'smartData',
    'table',
    'raw',
    'value',
    'temperature',
    'main',
    'stats',
    'iface',
    'services',
    'list',
    'sensors',
    'zones',
    'trip_points',
    'controllers',
    'temperatureGpu',
    'hasBattery',
    'designedCapacity',
    'maxCapacity',
    'additionalBatteries',
    'currentLoad',
    'serialNum',
    'smartStatus',
    'ecc',
    'uptime',
    'distro',
    'release',
    'firewall',
    'enabled',
    'failed_units',
    '__proto__',
    'constructor',
  );
  const { object } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        null,
        '',
        'NaN',
        -1,
        0,
        400,
        1e308,
        -5e-324,
        true,
        '\u0000',
        '\ud800',
        '1970-01-01',
        '2200-01-01',
      ),
      fc.double(),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 5 }),
      tie('object'),
    ),
    object: fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
  }));
  return object;
})();

describe('of whatever a machine sends', () => {
  it('coverage-honest: removing a section changes no category that it does not speak for', () => {
    always([machine, fc.constantFrom(...names)], (sections, removed) => {
      const { [removed]: _gone, ...rest } = sections;
      const others = (all: Sections) => {
        const { categories } = judgeSections(all);
        return categories
          .filter(({ name }) => !speaksFor[removed]?.includes(name))
          .map(({ name, score }) => [name, score]);
      };
      return same(others(rest), others(sections));
    });
  });

  it('order-independent: the same score whatever the order of its lists and keys', () => {
    always([machine], (sections) => {
      const [a, b] = [sections, reversed(sections) as Sections].map(judgeSections);
      return a?.score === b?.score && same(a?.categories, b?.categories);
    });
  });

  it('unit-safe: sizes and capacities in any unit give the same ratios', () => {
    const sized: [section: string, keys: string[]][] = [
      ['memory', ['total', 'available', 'swaptotal', 'swapused']],
      ['battery', ['designedCapacity', 'maxCapacity']],
    ];
    const scale = (owner: Record<string, unknown> | undefined, keys: readonly string[], factor: number) => {
      for (const key of owner ? keys : []) owner![key] = Number(owner![key]) * factor;
    };
    const ratios = (sections: Sections) =>
      judgeSections(sections).observations.flatMap(({ code, value }) =>
        ['MEMORY_USED', 'SWAP_USED', 'BATTERY_HEALTH', 'FS_USED'].includes(code) ? [Number(value)] : [],
      );
    // KiB, kB, J to Wh and back, and what no one uses.
    always(
      [onlyOf('memory', 'battery', 'storage'), fc.constantFrom(1024, 1000, 1 / 3600, 7, 0.25)],
      (sections, factor) => {
        const scaled = structuredClone(sections);
        for (const [section, keys] of sized) scale(scaled[section]?.data, keys, factor);
        for (const fs of (scaled['storage']?.data?.['fsSize'] ?? []) as Record<string, unknown>[]) {
          scale(fs, ['size', 'used', 'available'], factor);
        }
        const [before, after] = [ratios(sections), ratios(scaled)].map((values) => values.sort((a, b) => a - b));
        return (
          before?.length === after?.length &&
          (before ?? []).every((value, index) => Math.abs(value - (after?.[index] ?? NaN)) < 1e-9)
        );
      },
    );
  });

  it('never throws, and one bad section never loses the others', () => {
    always([hostile, fc.constantFrom(...names), machine], (data, broken, whole) => {
      const bad: Section = { status: 'ok', data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> };
      const verdict = judgeSections({ ...whole, [broken]: bad });
      const kept = judgeSections(whole);
      const others = ({ categories }: typeof verdict) =>
        categories.filter(({ name }) => !speaksFor[broken]?.includes(name)).map(({ name, score }) => [name, score]);
      return (
        verdict.deductions.every(({ points }) => Number.isFinite(points)) &&
        metricsOf(verdict).every(({ value }) => Number.isFinite(value)) &&
        // The trip points of the processor stand in `thermal`: there they may rightly change what `cpu` says.
        (broken === 'thermal' || same(others(verdict), others(kept)))
      );
    });
  });

  it('impossible values are unknown: the metric is as if it were not there, and the section says so', () => {
    const impossible = fc.constantFrom(-1, -1e9, 400, 1e308, 'NaN', 'full', [], {}, true);
    always([machine, impossible], (sections, value) => {
      const { cpu: _cpu, ...without } = sections;
      const verdict = judgeSections({ ...without, cpu: { status: 'ok', data: { currentLoad: value } } });
      const unknown = judgeSections(without);
      return (
        verdict.section_notes.some(({ section, note }) => section === 'cpu' && note.includes('currentLoad')) &&
        verdict.score === unknown.score &&
        same(
          verdict.categories.map(({ score }) => score),
          unknown.categories.map(({ score }) => score),
        )
      );
    });
  });

  it('full disk never healthy: whatever else the machine shows, of whatever size the disk is', () => {
    always([machine, fc.integer({ min: 1e6, max: 4e12 })], (sections, size) => {
      const full = { fs: 'C:', mount: 'C:', type: 'NTFS', size, used: size, available: 0, use: 100 };
      const storage: Section = { status: 'ok', data: { ...sections['storage']?.data, fsSize: [full] } };
      const verdict = judgeSections({ ...sections, storage });
      return scoreOf(verdict) <= 49 && verdict.band !== 'healthy';
    });
  });
});
