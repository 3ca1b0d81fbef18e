import type { Section } from '@techze/contracts';
import { INSTANCES_PER_CHECK } from '../assessment.js';
import { scoreDiagnostic } from '../index.js';

const NOW = new Date('2026-11-22T00:00:00Z');

/** Disks as hot as this, each under its own name. */
const disks = (celsius: readonly number[]): Record<string, Section> => ({
  storage: {
    status: 'ok',
    data: { diskLayout: celsius.map((temperature, index) => ({ serialNum: `S${index}`, temperature })) },
  },
});
const rising = (count: number) => Array.from({ length: count }, (_, index) => 30 + (index % 60));

it.each([INSTANCES_PER_CHECK, INSTANCES_PER_CHECK + 1, 60, 500])(
  'of %d parts the worst are judged, and of the others it is known that they are milder',
  (count) => {
    const { observations, milder } = scoreDiagnostic(disks(rising(count)), NOW);
    expect(observations).toHaveLength(INSTANCES_PER_CHECK);
    const judged = new Set(observations.map(({ key }) => key));
    const all = rising(count).map((_, index) => `DISK_TEMPERATURE:S${index}`);
    expect([...milder].sort()).toEqual(all.filter((key) => !judged.has(key)).sort());
    const mildest = Math.min(...observations.map(({ value }) => Number(value)));
    for (const key of milder) expect(rising(count)[Number(key.split(':S')[1])]).toBeLessThanOrEqual(mildest);
  },
);

it('keeps few readings and few names of ten thousand parts', () => {
  const { readings, milder } = scoreDiagnostic(disks(rising(10_000)), NOW);
  expect(readings).toHaveLength(INSTANCES_PER_CHECK);
  expect(milder.size).toBeLessThanOrEqual(1_000);
});
