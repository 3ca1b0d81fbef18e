import { outcomeOf } from '../workers/outcome-of.js';
import { clockMs } from '../workers/job.js';

const YEAR = 365.25 * 86_400_000;

/** Rows `apart` milliseconds apart, the last one at `last`. */
function analyze(apart: number, last: number, more: object) {
  const rows = Array.from({ length: 48 }, (_, row) => row);
  const series = { timestamps: rows.map((row) => last - (47 - row) * apart), values: rows.map((row) => 10 + row) };
  const body = Buffer.from(JSON.stringify({ series, ...more }));
  const job = { kind: 'analyze', body, tenantId: 'tnt_a', begunAt: clockMs(), stored: [] } as const;
  return outcomeOf(job, { stateKey: Buffer.alloc(32) });
}

describe('an analysis of moments far off', () => {
  it('is refused at its horizon where that is beyond all moments', () => {
    const last = Date.UTC(9_999, 0);
    expect(analyze(150 * YEAR, last, { kind: 'forecast', horizon: 1_000 })).toEqual({
      problem: expect.objectContaining({
        code: 'validation-failed',
        errors: [{ pointer: '/horizon', detail: 'goes beyond the year 9999' }],
      }),
    });
    expect(analyze(86_400_000, last, { kind: 'forecast', horizon: 300 })).toHaveProperty('answer');
  });

  it('of a disk ends where moments end', () => {
    const last = Date.UTC(9_999, 11, 31, 20);
    const done = analyze(3_600_000, last, { kind: 'disk_full', capacity_bytes: 1_000 });
    const { forecast } = JSON.parse(Buffer.from((done as { answer: Uint8Array }).answer).toString());
    expect(forecast.timestamps).toHaveLength(2);
    expect(forecast.timestamps.at(-1)).toBe('9999-12-31T23:00:00.000Z');
    expect([forecast.point, forecast.low, forecast.high].map(({ length }) => length)).toEqual([2, 2, 2]);
  });

  it('of a disk that is read every other year does not make its use up', () => {
    const done = analyze(2 * YEAR, Date.UTC(2_100, 0), { kind: 'disk_full', capacity_bytes: 1_000 });
    const { eta, forecast } = JSON.parse(Buffer.from((done as { answer: Uint8Array }).answer).toString());
    expect(eta).toBeNull();
    expect(forecast.point[0]).toBeCloseTo(58, 0);
  });
});
