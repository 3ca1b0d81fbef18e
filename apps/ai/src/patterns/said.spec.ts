import { clockMs } from '../workers/job.js';
import { outcomeOf } from '../workers/outcome-of.js';

function asked(kind: 'pattern-recognition' | 'anomaly-detect', request: object) {
  const body = Buffer.from(JSON.stringify(request));
  return outcomeOf({ kind, body, tenantId: 'tnt_a', begunAt: clockMs(), stored: [] }, { stateKey: Buffer.alloc(32) });
}
function warningsOf(kind: 'pattern-recognition' | 'anomaly-detect', request: object): string[] {
  const done = asked(kind, request);
  if (!('answer' in done)) throw new Error(JSON.stringify(done));
  return (JSON.parse(Buffer.from(done.answer).toString()) as { warnings: string[] }).warnings;
}
const rows = (n: number) => Array.from({ length: n }, (_, row) => row);
const wave = (n: number) => ({
  timestamps: rows(n).map((row) => row * 60_000),
  values: rows(n).map((row) => Math.sin(row / 4) + (row % 7)),
});

describe('a search that cannot look at all of it', () => {
  it('for seasons says in which rows it looked', () => {
    const warnings = (n: number) => warningsOf('pattern-recognition', { series: wave(n), tasks: ['seasonality'] });
    expect(warnings(8_192)).toEqual([]);
    expect(warnings(12_000)).toEqual([
      '12000 rows are too many for one search: seasons of up to 2730 rows are those of the last 8192, longer ones those of means of 2 rows.',
    ]);
  });

  it('for changes says which parts it may miss', () => {
    const warnings = (n: number) => warningsOf('pattern-recognition', { series: wave(n), tasks: ['changepoints'] });
    expect(warnings(5_000)).toEqual([]);
    expect(warnings(12_000)).toEqual([
      'Of 12000 rows, parts between changes that are shorter than 10 rows may be missed.',
    ]);
  });

  it('for anomalies of columns says how many rows lacked a value', () => {
    const columns = { a: rows(60).map((row) => (row % 10 ? row % 4 : null)), b: rows(60).map((row) => row % 3) };
    const multivariate = { timestamps: wave(60).timestamps, columns };
    expect(warningsOf('anomaly-detect', { multivariate })).toContain('6 rows lacked a value: they got no score.');
  });
});

it('a length of motifs goes with a series alone', () => {
  for (const input of [{ logs: ['a b'] }, { events: [{ at: 0, type: 'boot' }] }]) {
    expect(asked('pattern-recognition', { ...input, m: 10 })).toEqual({
      problem: expect.objectContaining({
        code: 'validation-failed',
        errors: [{ pointer: '/m', detail: 'goes with a series' }],
      }),
    });
  }
});
