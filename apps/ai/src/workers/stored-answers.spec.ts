import type { StoredColumn } from '../stored/stored-input.js';
import { clockMs, type Job } from './job.js';
import { outcomeOf } from './outcome-of.js';

const HOUR = 3_600_000;

/** As the database sends it. */
function column(numbers: readonly number[]): StoredColumn {
  const bytes = Buffer.alloc(numbers.length * 8);
  numbers.forEach((value, index) => bytes.writeDoubleBE(value, index * 8));
  return bytes;
}
const stored = (values: readonly number[]) => ({
  instance: '/',
  at: column(values.map((_, row) => row * HOUR)),
  values: column(values),
});

function analyze(body: object, values: readonly number[], beside?: readonly number[]) {
  const series = { what: 'series', ...stored(values), beside: beside && stored(beside) } as const;
  const job: Job = {
    ...{ kind: 'analyze', tenantId: 'tnt_a', begunAt: clockMs(), stored: [series] },
    body: Buffer.from(JSON.stringify({ device_id: 'dev_1', ...body })),
  };
  const done = outcomeOf(job, { stateKey: Buffer.alloc(32) });
  if (!('answer' in done)) throw new Error(JSON.stringify(done));
  return JSON.parse(Buffer.from(done.answer).toString());
}
const used = Array.from({ length: 100 }, (_, row) => 100 + row + (row % 3));

describe('an answer about what is stored', () => {
  it('of a disk whose capacity nothing tells says so', () => {
    const told = analyze({ kind: 'disk_full' }, used);
    expect(told).toMatchObject({ status: 'insufficient_data', got: 100 });
    expect(told.warnings).toEqual([expect.stringContaining('capacity of the disk is unknown')]);
    const shares = used.map((bytes) => bytes / 400);
    expect(analyze({ kind: 'disk_full' }, used, shares)).toMatchObject({ status: 'ok', warnings: [] });
  });

  it('of a disk that was read more often than the model looks at says so', () => {
    const often = Array.from({ length: 3_200 }, (_, row) => 100 + row / 32 + (row % 3));
    const told = analyze(
      { kind: 'disk_full' },
      often,
      often.map((bytes) => bytes / 400),
    );
    expect(told).toMatchObject({ status: 'ok', warnings: ['Means of 3 rows each were looked at: 1066 of them.'] });
  });

  it('takes values that cannot be calculated with for missing, and says so', () => {
    const values = used.map((value, row) => (row === 30 ? 1.7e308 : row === 60 ? -1.7e308 : value));
    const told = analyze({ kind: 'forecast', metric: 'cpu.load', horizon: 3 }, values);
    expect(told.forecast.point).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
    expect(told.quality.interpolated).toBe(2);
    expect(told.warnings[0]).toBe('2 stored values were too large to be calculated with: taken for missing.');
  });
});
