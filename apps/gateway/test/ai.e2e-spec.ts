import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { newId } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { comparable } from './support/comparable.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { rows } from './support/rows.js';

const api = new Api();
let tenant: OwnTenant;
let viewer: string;
/** A viewer of another tenant. */
let stranger: string;
/** A device whose processor was sampled every five minutes, and once was busy. */
let device: string;
/** A device of which nothing is stored. */
let silent: string;

const HOUR = 3_600_000;
const STEP = 5 * 60_000;
const DETECT = 'anomaly-detect';

beforeAll(async () => {
  tenant = await ownTenant(api);
  [viewer, stranger] = await Promise.all([tenant.tokenOf('viewer'), api.tokenOf('viewer', 1)]);
  [device, silent] = await Promise.all([newDevice(), newDevice()]);
  await stored(device, 'cpu.load', '', wave(500), STEP);
});

const ask = (path: string, json: unknown, token = viewer) => api.call(`/api/v3/ai/${path}`, { token, json });
const send = (path: string, raw: string | Uint8Array, headers?: Record<string, string>) =>
  api.call(`/api/v3/ai/${path}`, { token: viewer, raw, ...(headers && { headers }) });
const pointers = ({ body }: Answer) => body.errors?.map(({ pointer }: { pointer: string }) => pointer);

/** A season of a day with a little unrest; the same each time. */
function wave(count: number): number[] {
  return Array.from(
    { length: count },
    (_, row) => 40 + 20 * Math.sin((row * 2 * Math.PI) / 288) + ((row * 7919) % 101) / 50,
  );
}
/** Times that end now, as every stored series must. */
function times(count: number, stepMs = STEP): string[] {
  const end = Math.floor(Date.now() / HOUR) * HOUR;
  return Array.from({ length: count }, (_, row) => new Date(end - (count - row) * stepMs).toISOString());
}
function seriesOf(values: readonly (number | null)[]): { timestamps: string[]; values: readonly (number | null)[] } {
  return { timestamps: times(values.length), values };
}
async function newDevice(changes: { model?: string; os?: string } = {}): Promise<string> {
  const id = newId('dev');
  await rows('insert into devices (tenant_id, id, model, os) values ($1, $2, $3, $4)', [
    tenant.id,
    id,
    changes.model ?? null,
    changes.os ?? null,
  ]);
  return id;
}
async function stored(id: string, metric: string, instance: string, values: readonly number[], stepMs: number) {
  await rows(
    `insert into measurements (tenant_id, device_id, metric, instance, at, value, diagnostic_id)
     select $1, $2, $3, $4, sample.at, sample.value, 'dgn_none' from unnest($5::timestamptz[], $6::float8[]) as sample (at, value)`,
    [tenant.id, id, metric, instance, times(values.length, stepMs), values],
  );
}
/** Until the replica that reads go to has what was just written. */
async function settled(path: string, json: object): Promise<Answer> {
  let answer: Answer | undefined;
  await waitFor(async () => {
    answer = await ask(path, json);
    return answer.status === 200 && answer.body.status === 'ok';
  });
  return answer as Answer;
}

describe('POST /api/v3/ai/anomaly-detect', () => {
  it('200 scores each row by those before it, in the order in which they came, and says where it was strange', async () => {
    const values = wave(600).map((value, row) => (row === 500 ? 400 : value));
    const answer = await ask(DETECT, { series: seriesOf(values), include_scores: true });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { scores, anomalies, threshold, quality } = answer.body;
    expect(scores).toHaveLength(600);
    for (const score of scores) expect(score).toBeGreaterThanOrEqual(0);
    expect(scores[500]).toBeGreaterThanOrEqual(threshold);
    expect(
      anomalies.some(({ start, end }: { start: string; end: string }) => {
        const at = times(600)[500] as string;
        return start <= at && at <= end;
      }),
    ).toBe(true);
    expect(quality).toEqual({ n: 600, gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 300 });
    const cut = await ask(DETECT, { series: seriesOf(values.slice(0, 520)), include_scores: true });
    expect(cut.body.scores).toEqual(scores.slice(0, 520));
  });

  it('200 goes on where the state left off, as if it had been one run', async () => {
    const values = wave(400);
    const at = times(400);
    const part = (from: number, to: number, state?: string) => ({
      series: { timestamps: at.slice(from, to), values: values.slice(from, to) },
      include_scores: true,
      ...(state !== undefined && { state }),
    });
    const whole = await ask(DETECT, part(0, 400));
    const first = await ask(DETECT, part(0, 395));
    // Five rows alone would be too few.
    const second = await ask(DETECT, part(395, 400, first.body.state));
    expect([...first.body.scores, ...second.body.scores]).toEqual(whole.body.scores);
    const again = await ask(DETECT, part(390, 400, first.body.state));
    expect(again.body.scores).toEqual([null, null, null, null, null, ...second.body.scores]);
    expect(again.body.warnings).toEqual([expect.stringContaining('5 rows')]);
  });

  it('422 refuses a state that is not ours: tampered with, of another tenant, of another series, or no state at all', async () => {
    const series = seriesOf(wave(60));
    const { state } = (await ask(DETECT, { series })).body;
    const flipped = Buffer.from(state, 'base64');
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    const cut = Buffer.from(state, 'base64').subarray(0, -1);
    const columns = { value: series.values };
    const refused = await Promise.all([
      ask(DETECT, { series, state: flipped.toString('base64') }),
      ask(DETECT, { series, state: cut.toString('base64') }),
      ask(DETECT, { series, state: `${state}AAAA` }),
      ask(DETECT, { series, state: ' ' }),
      ask(DETECT, { series, state: '' }),
      ask(DETECT, { series, state }, stranger),
      ask(DETECT, { multivariate: { timestamps: series.timestamps, columns }, state }),
      ask(DETECT, { device_id: device, metric: 'cpu.load', state }),
    ]);
    expect(refused.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(8).fill('422 invalid-state'));
    expect((await ask(DETECT, { series, state })).status).toBe(200);
  });

  it('200 gives no score to a missing value, and 422 above a fifth of them', async () => {
    const lacking = (share: number) => wave(100).map((value, row) => (row % 10 < share * 10 ? null : value));
    const answer = await ask(DETECT, { series: seriesOf(lacking(0.2)), include_scores: true });
    expect(answer.body.scores.map((score: number | null) => score === null)).toEqual(
      lacking(0.2).map((value) => value === null),
    );
    const refused = await ask(DETECT, { series: seriesOf(lacking(0.3)) });
    expect(refused.body).toMatchObject({ status: 422, code: 'too-many-missing', missing: 30, rows: 100 });
  });

  it('200 calls a constant series constant, and scores the first value that is not', async () => {
    const same = await ask(DETECT, { series: seriesOf(Array(50).fill(7)), include_scores: true });
    expect(same.body).toMatchObject({ anomalies: [], quality: { constant: true } });
    const changed = await ask(DETECT, { series: seriesOf([...Array(50).fill(7), 8]), include_scores: true });
    expect(changed.body.quality.constant).toBe(false);
    expect(changed.body.scores[50]).toBeGreaterThan(0);
  });

  it('200 sorts with a warning, lets the last of a moment count; 422 when strict', async () => {
    const { timestamps, values } = seriesOf(wave(60));
    const mixed = {
      timestamps: [...timestamps.slice(30), ...timestamps.slice(0, 31)],
      values: [...values.slice(30), ...values.slice(0, 31)],
    };
    const answer = await ask(DETECT, { series: mixed, include_scores: true });
    expect(answer.body).toMatchObject({ quality: { n: 60, duplicates: 1 } });
    expect(answer.body.warnings).toHaveLength(2);
    expect(answer.body.scores).toHaveLength(61);
    const refused = await ask(DETECT, { series: mixed, strict: true });
    expect([refused.status, pointers(refused)]).toEqual([422, ['/series/timestamps/30']]);
  });

  it('422 says at which index a series cannot be read', async () => {
    const good = (count: number) => times(count);
    const bad = await Promise.all([
      ask(DETECT, { series: { timestamps: good(40), values: wave(38) } }),
      ask(DETECT, { series: { timestamps: [...good(39), 'yesterday'], values: wave(40) } }),
      send(DETECT, `{"series":{"timestamps":[1,2,3],"values":[1,1e999,3]}}`),
      send(DETECT, `{"series":{"timestamps":[1,2,3],"values":[1,2,NaN]}}`),
      send(DETECT, `{"series":{"timestamps":[1,-Infinity,3],"values":[1,2,3]}}`),
      ask(DETECT, { series: { timestamps: good(3), values: [1, 'NaN', 3] } }),
      ask(DETECT, { multivariate: { timestamps: good(3), columns: { 'a/b': [1, 2, true] } } }),
      ask(DETECT, { multivariate: { timestamps: good(3), columns: { a: [1, 2, 3], b: [1] } } }),
    ]);
    expect(bad.map((answer) => [answer.status, answer.body.code, pointers(answer)])).toEqual(
      [
        '/series/values/38',
        '/series/timestamps/39',
        '/series/values/1',
        '/series/values/2',
        '/series/timestamps/1',
        '/series/values/1',
        '/multivariate/columns/a~1b/2',
        '/multivariate/columns/b/1',
      ].map((pointer) => [422, 'validation-failed', [pointer]]),
    );
  });

  it('422 tells how much it needs and how much there is', async () => {
    const answer = await ask(DETECT, { series: seriesOf(wave(29)) });
    expect(answer.body).toMatchObject({ status: 422, code: 'insufficient-data', required: 30, got: 29 });
    expect((await ask(DETECT, { series: seriesOf(wave(30)) })).status).toBe(200);
  });

  it('200 judges many series together, and names those that have to do with it', async () => {
    const columns = Object.fromEntries(
      ['cpu', 'ram', 'net'].map((name, shift) => [
        name,
        wave(400).map((value, row) => value * (shift + 1) + (name === 'net' && row >= 380 ? 900 : 0)),
      ]),
    );
    const request = { multivariate: { timestamps: times(400), columns }, include_scores: true };
    const answer = await ask(DETECT, request);
    expect(answer.status).toBe(200);
    expect(answer.body.scores).toHaveLength(400);
    expect(answer.body.scores[381]).toBeGreaterThan(answer.body.scores[370]);
    const last = answer.body.anomalies.at(-1);
    expect(last).toMatchObject({ expected: null, kind: 'pattern' });
    expect(last.contributors[0].metric).toBe('net');
  });

  it('200 reads what is stored, of the tenant’s own devices alone', async () => {
    const answer = await settled(DETECT, { device_id: device, metric: 'cpu.load', include_scores: true });
    expect(answer.body.scores).toHaveLength(500);
    expect(answer.body.quality).toMatchObject({ n: 500, step_seconds: 300 });
    const [from, to] = [times(500)[100], times(500)[200]];
    const part = await ask(DETECT, { device_id: device, metric: 'cpu.load', include_scores: true, from, to });
    expect(part.body.scores).toHaveLength(100);
    const unknown = newId('dev');
    const [foreign, nobodys, malformed] = await Promise.all([
      ask(DETECT, { device_id: device, metric: 'cpu.load' }, stranger),
      ask(DETECT, { device_id: unknown, metric: 'cpu.load' }, stranger),
      ask(DETECT, { device_id: 'x', metric: 'cpu.load' }),
    ]);
    expect(foreign.body).toMatchObject({ status: 404, code: 'device-not-found' });
    expect(comparable(foreign, device)).toEqual(comparable(nobodys, unknown));
    expect(malformed.status).toBe(404);
  });

  it('200 says of a device of which too little is stored that it is too little', async () => {
    const answer = await ask(DETECT, { device_id: silent, metric: 'cpu.load' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'insufficient_data',
      required: 30,
      got: 0,
      anomalies: [],
      state: null,
    });
  });

  it('422 wants to know which of several is meant, and the metric', async () => {
    await Promise.all(['C:', 'D:'].map((mount) => stored(silent, 'disk.used_ratio', mount, [0.5], STEP)));
    await settledRefusal({ device_id: silent, metric: 'disk.used_ratio' });
    const named = await ask(DETECT, { device_id: silent, metric: 'disk.used_ratio', instance: 'C:' });
    expect(named.body).toMatchObject({ status: 'insufficient_data', got: 1 });
    expect(pointers(await ask(DETECT, { device_id: silent }))).toEqual(['/metric']);
    expect(pointers(await ask(DETECT, { device_id: silent, metric: 'no.metric' }))).toEqual(['/metric']);
  });

  async function settledRefusal(json: object): Promise<void> {
    await waitFor(async () => pointers(await ask(DETECT, json))?.[0] === '/instance');
  }

  it('422 takes exactly one input', async () => {
    const series = seriesOf(wave(30));
    const multivariate = { timestamps: series.timestamps, columns: { a: series.values } };
    for (const json of [
      {},
      { sensitivity: 'low' },
      { series, multivariate },
      { series, device_id: device, metric: 'cpu.load' },
      { series, metric: 'cpu.load' },
      { metric: 'cpu.load' },
    ])
      expect((await ask(DETECT, json)).body).toMatchObject({ status: 422, code: 'ambiguous-input' });
  });
});

describe('a body of the ai service', () => {
  const nested = `${'['.repeat(40)}${']'.repeat(40)}`;

  it.each([
    ['{"series":', 'malformed-json'],
    ['', 'validation-failed'],
    ['null', 'validation-failed'],
    [`{"series":${nested}}`, 'json-too-deep'],
    ['{"series":{"__proto__":{"values":[1]}}}', 'json-forbidden-key'],
    ['{"multivariate":{"timestamps":[1],"columns":{"constructor":[1]}}}', 'json-forbidden-key'],
    [`{${Array.from({ length: 1_001 }, (_, key) => `"k${key}":1`).join(',')}}`, 'json-too-wide'],
    ['{"serie":1}', 'validation-failed'],
    ['{"kind":"magic"}', 'validation-failed'],
    ['[]', 'validation-failed'],
  ])('is held to the limits of every other: %.60j is %s', async (raw, code) => {
    for (const path of [DETECT, 'analyze', 'pattern-recognition']) expect((await send(path, raw)).body.code).toBe(code);
  });

  it('is UTF-8 JSON, plain or gzipped', async () => {
    expect((await send(DETECT, Buffer.from([0x7b, 0xff, 0x7d]))).body.code).toBe('malformed-json');
    expect((await send(DETECT, 'a=1', { 'content-type': 'text/plain' })).status).toBe(415);
    const zipped = gzipSync(JSON.stringify({ series: seriesOf(wave(40)) }));
    expect((await send(DETECT, zipped, { 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it('has 8 MiB and 100,000 rows at most, also unzipped', async () => {
    const rowsOf = (count: number) =>
      `{"series":{"timestamps":[${Array.from({ length: count }, (_, row) => row * 1000).join(',')}],"values":[${Array(count).fill(1).join(',')}]}}`;
    const most = await send(DETECT, rowsOf(100_000));
    expect(most.status === 200 || most.body.code === 'computation-too-long').toBe(true);
    const more = await send(DETECT, rowsOf(100_001));
    expect(more.body).toMatchObject({ status: 413, code: 'payload-too-large', rows_max: 100_000 });
    const padded = `{"series":${' '.repeat(8 * 1024 * 1024)}}`;
    // The answer comes before all is sent, and a caller that is still writing may find the door closed instead.
    const refused = await waitFor(() => send(DETECT, padded).catch(() => undefined));
    expect(refused.status).toBe(413);
    expect((await send(DETECT, gzipSync(padded), { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  it('of 8 MiB holds up neither the gateway’s event loop nor the service’s for 50 ms', async () => {
    const at = times(100_001);
    const body = Buffer.alloc(8 * 1024 * 1024, ' ');
    body.write(JSON.stringify({ series: { timestamps: at, values: at.map((_, row) => row / 7) } }));
    const loops = (['gateway', 'ai'] as const).flatMap((name) => api.suite.services[name] ?? []);
    const rounds: number[][] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = await Promise.all(loops.map(heldUpMs));
      expect((await send(DETECT, body)).body.code).toBe('payload-too-large');
      const after = await Promise.all(loops.map(heldUpMs));
      rounds.push(after.map((ms, loop) => (isLinux ? ms - (before[loop] ?? 0) : ms)));
    }
    for (const loop of loops.keys()) expect(Math.min(...rounds.map((each) => each[loop] ?? Infinity))).toBeLessThan(50);
  });

  const isLinux = existsSync('/proc/self/schedstat');

  /**
   * The processor's time of the thread that the loop runs on is the most that it can have stood still: the clock would say
   * more on a machine that is busy with other things. Where nobody counts it: the longest delay since the last look.
   */
  async function heldUpMs({ pid, port }: { pid: number; port: number }): Promise<number> {
    if (isLinux) return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^nodejs_eventloop_lag_max_seconds(?:\{[^}]*\})? (\S+)$/m.exec(metrics)?.[1]) * 1000;
  }

  it('comes from somebody of the tenant', async () => {
    expect((await api.call(`/api/v3/ai/${DETECT}`, { json: {} })).status).toBe(401);
    expect((await ask(DETECT, {}, await api.tokenOf('operator'))).status).toBe(403);
  });
});

describe('POST /api/v3/ai/analyze', () => {
  it('200 forecasts as many rows as are asked for, inside its band', async () => {
    const answer = await ask('analyze', { kind: 'forecast', series: seriesOf(wave(400)), horizon: 12, level: 0.9 });
    expect(answer.status).toBe(200);
    const { timestamps, point, low, high, level } = answer.body.forecast;
    expect([timestamps, point, low, high].map((list) => list.length)).toEqual([12, 12, 12, 12]);
    expect(level).toBe(0.9);
    expect(Date.parse(timestamps[0]) - Date.parse(times(400)[399] as string)).toBe(STEP);
    for (const [row, value] of point.entries()) {
      expect(low[row]).toBeLessThanOrEqual(value);
      expect(high[row]).toBeGreaterThanOrEqual(value);
    }
    const filled = await ask('analyze', {
      kind: 'forecast',
      series: seriesOf(wave(100).map((value, row) => (row % 10 === 5 ? null : value))),
      horizon: 1,
    });
    expect(filled.body).toMatchObject({ quality: { interpolated: 10 }, warnings: [expect.stringContaining('10')] });
  });

  it('422 forecasts nothing from too little, and 200 says so of what is stored', async () => {
    const few = await ask('analyze', { kind: 'forecast', series: seriesOf(wave(47)), horizon: 1 });
    expect(few.body).toMatchObject({ status: 422, code: 'insufficient-data', required: 48, got: 47 });
    const stored = await ask('analyze', { kind: 'forecast', device_id: silent, metric: 'cpu.load', horizon: 1 });
    expect([stored.status, stored.body.status, stored.body.forecast]).toEqual([200, 'insufficient_data', null]);
  });

  it('200 tells when a disk is full, from what is sent and from what is stored', async () => {
    const growing = Array.from({ length: 24 * 20 }, (_, hour) => 1e11 + hour * 1e8 + ((hour * 7919) % 101) * 1e5);
    const series = { timestamps: times(growing.length, HOUR), values: growing };
    const capacity_bytes = (growing.at(-1) ?? 0) + 24e8;
    const sent = await ask('analyze', { kind: 'disk_full', series, capacity_bytes });
    expect(sent.body).toMatchObject({ kind: 'disk_full', status: 'ok', will_fill: true, risk: null });
    expect(sent.body.eta.hours).toBeGreaterThan(12);
    expect(sent.body.eta.hours).toBeLessThan(48);
    const disk = await newDevice();
    await stored(disk, 'disk.used_bytes', '/', growing, HOUR);
    await stored(
      disk,
      'disk.used_ratio',
      '/',
      growing.map((used) => used / capacity_bytes),
      HOUR,
    );
    const read = await settled('analyze', { kind: 'disk_full', device_id: disk });
    expect(read.body.will_fill).toBe(true);
    expect(read.body.eta.hours).toBeCloseTo(sent.body.eta.hours, 3);
    const flat = await ask('analyze', {
      kind: 'disk_full',
      series: { timestamps: series.timestamps, values: growing.map((_, hour) => 1e11 + ((hour * 7919) % 101) * 1e5) },
      capacity_bytes,
    });
    expect(flat.body).toMatchObject({ will_fill: false, eta: null });
  });

  it('422 refuses a disk that holds more than it can, or nobody knows how much', async () => {
    const series = seriesOf(wave(100));
    const cases = [{ series }, { series, capacity_bytes: 10 }, { device_id: device, capacity_bytes: 10 }];
    for (const json of cases)
      expect(pointers(await ask('analyze', { kind: 'disk_full', ...json }))).toEqual(['/capacity_bytes']);
  });

  it('200 tells how likely a disk fails, from one snapshot and from what is stored, and what drives it', async () => {
    const snapshot = (pending: number) => ({
      at: '2026-11-20T08:00:00Z',
      model: 'ST4000DM000',
      attributes: { '5': pending, '9': 20_000, '187': pending, '188': 0, '197': pending, '198': pending },
    });
    const [well, ill] = await Promise.all(
      [0, 64].map((pending) => ask('analyze', { kind: 'disk_failure', smart: [snapshot(pending)] })),
    );
    expect(ill?.body.risk.probability).toBeGreaterThan(well?.body.risk.probability);
    expect(ill?.body.drivers.length).toBeGreaterThan(0);
    expect(ill?.body.risk.calibration.method).toBe('isotonic');
    const owner = await newDevice();
    for (const [id, value] of [
      [5, 64],
      [9, 20_000],
      [187, 64],
      [188, 0],
      [197, 64],
      [198, 64],
    ] as const)
      await stored(owner, `smart.${id}`, 'SN-1', [0, value], 24 * HOUR);
    const read = await settled('analyze', { kind: 'disk_failure', device_id: owner });
    expect(read.body.quality.n).toBe(2);
    expect(read.body.risk.probability).toBeGreaterThan(well?.body.risk.probability);
    const none = await ask('analyze', { kind: 'disk_failure', device_id: silent });
    expect(none.body).toMatchObject({ status: 'insufficient_data', risk: null });
  });
});

describe('POST /api/v3/ai/analyze of a battery', () => {
  const worn = Array.from({ length: 200 }, (_, day) => 98 - day * 0.05 + ((day * 7919) % 5) / 50);

  it('200 tells when it is worn, from what is sent and from what is stored', async () => {
    const series = { timestamps: times(worn.length, 24 * HOUR), values: worn };
    const sent = await ask('analyze', { kind: 'battery_wear', series, cycles: 120 });
    // 88 % now, and a twentieth of a point a day.
    expect(sent.body.eta.hours / 24).toBeGreaterThan(120);
    expect(sent.body.eta.hours / 24).toBeLessThan(200);
    expect(sent.body.eta_60.hours).toBeGreaterThan(sent.body.eta.hours);
    const owner = await newDevice();
    await stored(owner, 'battery.health', '', worn.slice(-28), 24 * HOUR);
    await stored(owner, 'battery.cycles', '', Array(28).fill(120), 24 * HOUR);
    const read = await settled('analyze', { kind: 'battery_wear', device_id: owner });
    expect(read.body.quality.n).toBe(28);
    expect(read.body.drivers.map(({ attribute }: { attribute: string }) => attribute)).toContain('battery.cycles');
  });

  it('422 says nothing of a few rows', async () => {
    const series = { timestamps: times(5, 24 * HOUR), values: worn.slice(0, 5) };
    expect((await ask('analyze', { kind: 'battery_wear', series })).body).toMatchObject({
      code: 'insufficient-data',
      got: 5,
    });
  });
});

describe('POST /api/v3/ai/pattern-recognition', () => {
  it('200 looks for everything that a series can show, and for no more than it is asked for', async () => {
    const values = wave(900).map((value, row) => value + (row >= 450 ? 100 : 0));
    const all = await ask('pattern-recognition', { series: seriesOf(values) });
    expect(all.status).toBe(200);
    expect(all.body.tasks).toEqual(['seasonality', 'changepoints', 'motifs', 'discords']);
    expect(all.body.changepoints.some(({ index }: { index: number }) => Math.abs(index - 450) <= 5)).toBe(true);
    const one = await ask('pattern-recognition', { series: seriesOf(wave(900)), tasks: ['seasonality'] });
    expect(one.body.periods.some(({ length }: { length: number }) => Math.abs(length - 288) <= 6)).toBe(true);
    expect(one.body).not.toHaveProperty('changepoints');
    const read = await settled('pattern-recognition', {
      device_id: device,
      metric: 'cpu.load',
      tasks: ['discords'],
      m: 20,
    });
    expect(read.body.discords[0].length).toBe(20);
  });

  it('200 finds templates in a log and sequences in events', async () => {
    const logs = Array.from(
      { length: 60 },
      (_, line) => `service ${line % 2 ? 'started' : 'stopped'} with pid ${line * 31}`,
    );
    const log = await ask('pattern-recognition', { logs });
    expect(log.body.assignments).toHaveLength(60);
    expect(log.body.templates.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(60);
    expect(new Set(log.body.assignments).size).toBe(log.body.templates.length);
    const events = Array.from({ length: 40 }, (_, index) => ({
      at: Date.UTC(2026, 10, 1) + Math.floor(index / 2) * 24 * HOUR + (index % 2) * 60_000,
      type: index % 2 ? 'crash' : 'overheat',
    }));
    const found = await ask('pattern-recognition', { events });
    expect(found.body.sequences[0]).toMatchObject({ pattern: ['overheat', 'crash'], support: 1, confidence: 1 });
  });

  it('200 finds what devices of one model have in common, in the tenant’s own fleet', async () => {
    const fleet = await ownTenant(api);
    const mine = await fleet.tokenOf('viewer');
    await rows(
      `insert into devices (tenant_id, id, model) select $1, 'dev_' || md5($1 || n), case when n <= 12 then 'ODD' else 'EVEN' end
       from generate_series(1, 60) n`,
      [fleet.id],
    );
    await rows(
      `insert into findings (tenant_id, id, device_id, key, category, code, severity, title, evidence, points, state, first_seen, last_seen)
       select $1, 'fnd_' || md5($1 || n), 'dev_' || md5($1 || n), 'BATTERY', 'battery', 'BATTERY_WORN', 'warning', 'Worn', '{}', 1,
         'open', now(), now() from generate_series(1, 12) n`,
      [fleet.id],
    );
    let cohorts: { attribute: string; value: string; devices: string[] }[] = [];
    await waitFor(async () => {
      const answer = await ask('pattern-recognition', { tasks: ['cohorts'] }, mine);
      cohorts = answer.body.cohorts;
      return answer.status === 200 && cohorts.length > 0;
    });
    expect(cohorts).toEqual([
      expect.objectContaining({ attribute: 'model', value: 'ODD', codes: ['BATTERY_WORN'], of: 12 }),
    ]);
    expect((await ask('pattern-recognition', { tasks: ['cohorts'] })).body.cohorts).toEqual([]);
    const foreign = await ask('pattern-recognition', { tasks: ['cohorts'], device_id: cohorts[0]?.devices[0] });
    expect(foreign.body).toMatchObject({ status: 404, code: 'device-not-found' });
  });

  it('422 refuses a task that its input cannot do, and too little for one that it can', async () => {
    const wrong = await ask('pattern-recognition', { logs: ['a'], tasks: ['log_templates', 'motifs'] });
    expect(pointers(wrong)).toEqual(['/tasks/1']);
    const few = await ask('pattern-recognition', { series: seriesOf(wave(100)), tasks: ['motifs'], m: 50 });
    expect(few.body).toMatchObject({ code: 'insufficient-data', required: 200, got: 100 });
    expect(pointers(await ask('pattern-recognition', { logs: ['a', 1] }))).toEqual(['/logs/1']);
    expect(pointers(await ask('pattern-recognition', { events: [{ at: 'x', type: 'a' }] }))).toEqual(['/events/0/at']);
    expect(pointers(await ask('pattern-recognition', { events: [{ at: 1 }] }))).toEqual(['/events/0/type']);
    expect((await ask('pattern-recognition', {})).body.code).toBe('ambiguous-input');
  });
});
