import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { clockMs, type Job, type JobKind } from './job.js';
import { outcomeOf } from './outcome-of.js';

const data = { stateKey: randomBytes(32) };
const job = (kind: JobKind, body: string, changes: Partial<Job> = {}): Job => ({
  kind,
  body: Buffer.from(body),
  tenantId: 'tnt_a',
  begunAt: clockMs(),
  stored: [],
  ...changes,
});
const outcome = (kind: JobKind, body: unknown, changes?: Partial<Job>) =>
  outcomeOf(job(kind, typeof body === 'string' ? body : JSON.stringify(body), changes), data);
/** The answer without its time. */
function answer(kind: JobKind, body: unknown) {
  const done = outcome(kind, body);
  if (!('answer' in done)) throw new Error(JSON.stringify(done));
  const { duration_ms: _time, ...rest } = JSON.parse(Buffer.from(done.answer).toString()) as Record<string, unknown>;
  return rest as { scores: (number | null)[]; state: string; anomalies: object[] };
}

const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 40, maxLength: 90 });
const seriesOf = (column: readonly (number | null)[], from = 0) => ({
  timestamps: column.map((_, row) => (from + row) * 60_000),
  values: column,
});
const detect = (column: readonly (number | null)[], more: object = {}, from = 0) =>
  answer('anomaly-detect', { series: seriesOf(column, from), include_scores: true, ...more });

/** What a state keeps of its series: all but its head, which counts what is missing, and its signature. */
function keptIn(state: string): Buffer {
  const bytes = Buffer.from(state, 'base64');
  return bytes.subarray(4 + bytes.readUInt32LE(0), -32);
}

describe('the scores of anomaly-detect', () => {
  it('of a row do not change when later rows are cut off', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 30, max: 40 }), (column, cut) => {
        expect(detect(column.slice(0, cut)).scores).toEqual(detect(column).scores.slice(0, cut));
      }),
      { numRuns: 30 },
    );
  });

  it('are the same in one run and in two, wherever it is cut', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 30, max: 39 }), (column, cut) => {
        const first = detect(column.slice(0, cut));
        const second = detect(column.slice(cut), { state: first.state }, cut);
        const whole = detect(column);
        expect([...first.scores, ...second.scores]).toEqual(whole.scores);
        expect(second.state).toBe(whole.state);
      }),
      { numRuns: 30 },
    );
  });

  it('of many columns are the same in one run and in two, and whatever the order of the columns', () => {
    const request = (rows: readonly number[], from: number, names: readonly string[], state?: string) => ({
      multivariate: {
        timestamps: rows.map((_, row) => (from + row) * 60_000),
        columns: Object.fromEntries(
          names.map((name, shift) => [
            name,
            rows.map((value) => value * (name === 'a' ? 1 : 2) + (name === 'a' ? shift * 0 : 1)),
          ]),
        ),
      },
      include_scores: true,
      ...(state !== undefined && { state }),
    });
    fc.assert(
      fc.property(values, (column) => {
        const whole = answer('anomaly-detect', request(column, 0, ['a', 'b']));
        expect(answer('anomaly-detect', request(column, 0, ['b', 'a']))).toEqual(whole);
        const first = answer('anomaly-detect', request(column.slice(0, 35), 0, ['a', 'b']));
        const second = answer('anomaly-detect', request(column.slice(35), 35, ['a', 'b'], first.state));
        expect([...first.scores, ...second.scores]).toEqual(whole.scores);
      }),
      { numRuns: 20 },
    );
  });

  it('leave missing values out: neither a score, nor a trace in the state', () => {
    fc.assert(
      fc.property(values, (column) => {
        const holed = column.flatMap((value, row) => (row % 7 === 3 ? [value, null] : [value]));
        const whole = detect(holed);
        expect(whole.scores.map((score) => score === null)).toEqual(holed.map((value) => value === null));
        const rows = [...holed.keys()].filter((row) => holed[row] !== null);
        const kept = { timestamps: rows.map((row) => row * 60_000), values: rows.map((row) => holed[row]) };
        const filled = answer('anomaly-detect', { series: kept, include_scores: true });
        expect(whole.scores.filter((score) => score !== null)).toEqual(filled.scores);
        expect(keptIn(whole.state)).toEqual(keptIn(filled.state));
      }),
      { numRuns: 20 },
    );
  });

  it('hold on to nothing but numbers from 0 to 1, however large the values', () => {
    const wild = fc.array(
      fc.oneof(fc.constantFrom(0, -0, 1e100, -1e100, 1e-300), fc.double({ noNaN: true, min: -1e100, max: 1e100 })),
      { minLength: 30, maxLength: 60 },
    );
    fc.assert(
      fc.property(wild, (column) => {
        for (const score of detect(column).scores) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a state', () => {
  it('goes on with missing values as one run does: more than a fifth of all rows must not be', () => {
    const column = Array.from({ length: 40 }, (_, row) => Math.sin(row));
    const next = [null, 1, null, null];
    let { state } = detect(column);
    for (const [row, value] of next.entries()) ({ state } = detect([value], { state }, 40 + row));
    expect(state).toEqual(detect([...column, ...next]).state);
    const more = { series: seriesOf(Array<null>(8).fill(null), 44), state };
    expect(outcome('anomaly-detect', more)).toEqual({
      problem: expect.objectContaining({ code: 'too-many-missing', details: { missing: 11, rows: 52 } }),
    });
  });

  it('is refused with any of its bits changed', () => {
    const column = Array.from({ length: 40 }, (_, row) => Math.sin(row));
    const bytes = Buffer.from(detect(column).state, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), (place, bit) => {
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ (1 << bit);
        const body = { series: seriesOf(column), state: changed.toString('base64') };
        expect(outcome('anomaly-detect', body)).toEqual({
          problem: expect.objectContaining({ code: 'invalid-state' }),
        });
      }),
    );
  });

  it('is of one tenant and one key', () => {
    const column = Array.from({ length: 40 }, (_, row) => Math.sin(row));
    const body = JSON.stringify({ series: seriesOf(column), state: detect(column).state });
    const refused = { problem: expect.objectContaining({ code: 'invalid-state' }) };
    expect(outcome('anomaly-detect', body, { tenantId: 'tnt_b' })).toEqual(refused);
    expect(outcomeOf(job('anomaly-detect', body), { stateKey: randomBytes(32) })).toEqual(refused);
    expect(outcome('anomaly-detect', body)).toHaveProperty('answer');
  });
});

describe('whatever a body is', () => {
  it('the outcome is an answer or a problem of the caller, never a fault of ours', () => {
    const member = fc.constantFrom(
      'series',
      'values',
      'timestamps',
      'kind',
      'smart',
      'logs',
      'events',
      'tasks',
      'state',
      'multivariate',
      'columns',
      'horizon',
      'm',
      'capacity_bytes',
    );
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 0, -1, 1e300, '', 'disk_full', 'forecast', 'disk_failure', 'motifs'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(member, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.constantFrom('anomaly-detect', 'analyze', 'pattern-recognition'), anything, (kind, body) => {
        const done = outcome(kind, body);
        expect(Object.keys(done)).toEqual([expect.stringMatching(/^(answer|problem)$/)]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['anomaly-detect', { series: { timestamps: [], values: [] } }, 30],
    ['anomaly-detect', { multivariate: { timestamps: [], columns: { a: [] } } }, 30],
    ['analyze', { kind: 'forecast', horizon: 1, series: { timestamps: [], values: [] } }, 48],
    ['analyze', { kind: 'disk_full', capacity_bytes: 1, series: { timestamps: [], values: [] } }, 24],
    ['analyze', { kind: 'battery_wear', series: { timestamps: [], values: [] } }, 10],
    ['analyze', { kind: 'disk_failure', smart: [] }, 1],
    ['pattern-recognition', { series: { timestamps: [], values: [] } }, 10],
    ['pattern-recognition', { logs: [] }, 1],
    ['pattern-recognition', { events: [] }, 1],
  ] as const)('nothing in it is too little: %s %j', (kind, body, required) => {
    expect(outcome(kind, body)).toEqual({
      problem: expect.objectContaining({ code: 'insufficient-data', details: { required, got: 0 } }),
    });
  });

  it.each([
    ['analyze', { kind: 'disk_failure', smart: [{ at: 'yesterday', attributes: {} }] }, '/smart/0/at'],
    ['pattern-recognition', { events: [{ at: 'yesterday', type: 'boot' }] }, '/events/0/at'],
    ['pattern-recognition', { series: { timestamps: ['yesterday'], values: [1] } }, '/series/timestamps/0'],
  ] as const)('the place of a moment that is none is told: %s %j', (kind, body, pointer) => {
    expect(outcome(kind, body)).toEqual({
      problem: expect.objectContaining({
        code: 'validation-failed',
        errors: [{ pointer, detail: expect.stringContaining('is not a moment') }],
      }),
    });
  });

  it('finds cohorts in the text of a fleet, which no event loop has to take apart', () => {
    const devices = Array.from({ length: 60 }, (_, n) => ({
      id: `dev_${n}`,
      attributes: { model: n < 12 ? 'ODD' : 'EVEN' },
      findings: n < 12 ? ['BATTERY_WORN'] : [],
    }));
    const stored = [{ what: 'findings', devices: JSON.stringify(devices) }] as const;
    const done = outcome('pattern-recognition', { tasks: ['cohorts'] }, { stored });
    expect(JSON.parse(Buffer.from((done as { answer: Uint8Array }).answer).toString())).toMatchObject({
      cohorts: [{ attribute: 'model', value: 'ODD', codes: ['BATTERY_WORN'], of: 12 }],
      quality: { n: 60 },
    });
  });

  it('asks for what is stored by its name, before it does anything', () => {
    expect(outcome('anomaly-detect', { device_id: 'dev_1', metric: 'cpu.load', instance: 'x' })).toEqual({
      wanted: { what: 'series', device_id: 'dev_1', metric: 'cpu.load', instance: 'x' },
    });
  });
});
