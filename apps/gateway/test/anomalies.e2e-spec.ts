import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api, type Answer, type Call } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody } from './support/diagnostics.js';
import { EventReader } from './support/event-reader.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v3/ai/anomalies';
const HOUR_MS = 3_600_000;
const UNKNOWN = `anm_${'0'.repeat(32)}`;
/** No id at all, of the same length. */
const NONE = 'x'.repeat(UNKNOWN.length);
const HOT = 'cpu.temperature';
let tenant: OwnTenant;
let technician: string;
let viewer: string;
/** An admin of another tenant. */
let stranger: string;
let reader: EventReader;
/** One that no test changes, and two that a test may take. */
let untouched: Heated;
let spare: Heated[];

beforeAll(async () => {
  tenant = await ownTenant(api);
  [technician, viewer, stranger] = await Promise.all([
    tenant.tokenOf('technician'),
    tenant.tokenOf('viewer'),
    api.tokenOf('admin', 1),
  ]);
  reader = await (await EventReader.open(api.suite.base_url, { token: viewer })).untilOpen();
  [untouched, ...spare] = await Promise.all([heated(), heated(), heated()]);
});
afterAll(() => reader?.close());

/** Between heats, so that the second is news of its own. */
const QUIET_HOURS = 77;

/** A machine of which a diagnostic comes every hour. */
class Machine {
  readonly device = { serial: `SN-${randomUUID()}` };
  private readonly end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  private posted = 0;
  private seed = 7;
  id = '';

  /** @param hour the first of them, counted from now */
  constructor(private hour: number) {}

  /** So many quiet hours, and one in which the processor is that hot; returns when all of them were scored. */
  async lives(quiet: number, heat: number): Promise<void> {
    const diagnostics = Array.from({ length: quiet + 1 }, (_, index) => this.next(index < quiet ? undefined : heat));
    const answer = await api.call('/api/v1/diagnostics/batch', { token: technician, json: { diagnostics } });
    if (answer.status !== 200) throw new Error(answer.text);
    this.posted += diagnostics.length;
    const [row] = await rows<{ id: string }>('select id from devices where serial = $1', [this.device.serial]);
    this.id = row?.id ?? '';
    const scored = 'select 1 from scored_diagnostics where tenant_id = $1 and device_id = $2';
    await waitFor(async () => (await count(scored, [tenant.id, this.id])) === this.posted, { timeoutMs: 20_000 });
  }

  private next(heat?: number) {
    const data = { currentLoad: 20 + 15 * this.random(), temperature: { main: heat ?? 45 + 8 * this.random() } };
    return diagnosticBody({
      device: this.device,
      collected_at: new Date(this.end + (this.hour += 1) * HOUR_MS).toISOString(),
      sections: { cpu: { status: 'ok', data } },
    });
  }

  /** Between 0 and 1, the same every time (Park and Miller). */
  private random(): number {
    return (this.seed = (this.seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  }
}

const list = (query: string, token = technician) => api.call(`${PATH}${query}`, { token });
const get = (id: string, token = technician) => api.call(`${PATH}/${id}`, { token });
const judge = (id: string, verdict: unknown, options: Call = {}) =>
  api.call(`${PATH}/${id}/feedback`, { token: technician, json: { verdict }, ...options });
const rateOf = (id: string, token = technician) => api.call(`/api/v3/ai/devices/${id}/anomaly-rate`, { token });
const preview = (json: object, token = technician) => api.call(`${PATH}/preview`, { token, json });
const heatsOf = async ({ id }: Machine): Promise<Answer['body'][]> =>
  (await list(`?device_id=${id}&metric=${HOT}`)).body.data;
const toldOf = (id: string) =>
  reader.news.filter(({ event, data }) => event === 'anomaly.detected' && data.data.anomaly_id === id);

/** A machine that once was hot, and the anomaly of it. */
interface Heated {
  readonly machine: Machine;
  readonly anomaly: Answer['body'];
}

async function heated(sinceHours = 80): Promise<Heated> {
  const machine = new Machine(-sinceHours);
  await machine.lives(45, 75);
  const [anomaly, ...others] = await heatsOf(machine);
  expect(others).toEqual([]);
  return { machine, anomaly };
}

describe('a diagnostic that is strange for its device', () => {
  it('becomes an anomaly that is shown, told of once, and counted', async () => {
    const { machine, anomaly } = untouched;
    const answer = await get(anomaly.id);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"v1"']);
    expect(answer.body).toEqual(anomaly);
    expect(anomaly).toMatchObject({
      ...{ device_id: machine.id, metric: HOT, instance: null, reading: 'value', state: 'open', value: 75 },
      ...{ samples: 1, feedback: null, version: 1, start: anomaly.end, peak_at: anomaly.end },
    });
    expect(anomaly.expected.low).toBeGreaterThan(35);
    expect(anomaly.expected.high).toBeLessThan(62);
    expect(anomaly.score).toBeGreaterThanOrEqual(anomaly.threshold);
    expect(anomaly.contributors.map(({ metric }: { metric: string }) => metric)).toContain(HOT);
    const { body } = await api.call(`/api/v1/diagnostics/${anomaly.diagnostic_id}`, { token: viewer });
    expect(body.collected_at).toBe(anomaly.peak_at);

    await waitFor(() => toldOf(anomaly.id).length > 0);
    expect(toldOf(anomaly.id).map(({ data }) => data.data)).toEqual([
      expect.objectContaining({ device_id: machine.id, metric: HOT, value: 75, expected: anomaly.expected }),
    ]);

    const open = (await list(`?device_id=${machine.id}&state=open`)).body.data.length;
    const rate = await rateOf(machine.id);
    expect([rate.status, rate.body.device_id, rate.body.open]).toEqual([200, machine.id, open]);
    const { samples, anomalous, rate: share } = rate.body.last_7d;
    expect(samples).toBeGreaterThanOrEqual(2 * 46);
    expect(anomalous).toBeGreaterThanOrEqual(1);
    expect(share).toBeCloseTo(anomalous / samples, 9);
    expect(rate.body.last_24h).toEqual({ samples: 0, anomalous: 0, rate: null });
  });

  it('is found by what it is, where it was and when', async () => {
    const { machine, anomaly } = untouched;
    const found = async (query: string) =>
      (await list(`?device_id=${machine.id}&${query}`)).body.data.some(({ id }: { id: string }) => id === anomaly.id);
    const later = new Date(Date.parse(anomaly.end) + 1).toISOString();
    const other = { kind: 'missing', severity: anomaly.severity === 'info' ? 'warning' : 'info' };
    for (const query of [
      ...[`metric=${HOT}`, `kind=${anomaly.kind}`, `severity=${anomaly.severity}`, 'state=open'],
      ...[`from=${anomaly.end}`, `to=${later}`],
    ])
      expect([query, await found(query)]).toEqual([query, true]);
    for (const query of [
      ...['metric=cpu.load', `kind=${other.kind}`, `severity=${other.severity}`, 'state=closed'],
      ...[`from=${later}`, `to=${anomaly.start}`],
    ])
      expect([query, await found(query)]).toEqual([query, false]);
    const page = (await list('?limit=1')).body;
    expect(page.page).toEqual({ next_cursor: expect.any(String), has_more: true });
    const next = (await list(`?limit=1&cursor=${page.page.next_cursor}`)).body;
    expect(next.data[0].id).not.toBe(page.data[0].id);
    expect(next.data[0].created_at <= page.data[0].created_at).toBe(true);
  });

  it.each([
    ['?limit=0', '/limit'],
    ['?colour=red', '/colour'],
    ['?device_id=1', '/device_id'],
    ['?metric=', '/metric'],
    ['?kind=odd', '/kind'],
    ['?severity=fatal', '/severity'],
    ['?state=done', '/state'],
    ['?from=yesterday', '/from'],
  ])('422 for %s, with a pointer', async (query, pointer) => {
    expect((await list(query)).body).toMatchObject({ status: 422, code: 'validation-failed', errors: [{ pointer }] });
  });

  it('422 for a cursor that was not given, or is another list’s', async () => {
    const diagnostics = await api.call('/api/v1/diagnostics?limit=1', { token: viewer });
    for (const cursor of ['x', diagnostics.body.page.next_cursor])
      expect((await list(`?cursor=${cursor}`)).body).toMatchObject({ status: 422, code: 'invalid-cursor' });
  });
});

describe('POST /api/v3/ai/anomalies/{id}/feedback', () => {
  it('200 keeps what people say, ends what is false, lets them change their mind; on record', async () => {
    const { anomaly } = spare.pop()!;
    const answer = await judge(anomaly.id, 'false_positive');
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(answer.body).toMatchObject({
      ...{ id: anomaly.id, state: 'closed', version: 2 },
      feedback: { verdict: 'false_positive', by: expect.any(String), at: expect.stringMatching(/Z$/) },
    });
    expect((await get(anomaly.id)).body).toEqual(answer.body);
    // Said twice is said once.
    expect((await judge(anomaly.id, 'false_positive')).body).toEqual(answer.body);
    const changed = await judge(anomaly.id, 'confirmed');
    expect(changed.body).toMatchObject({ version: 3, feedback: { verdict: 'confirmed' } });
    const records = await rows(
      'select event_type, user_id, details from audit_events where resource_id = $1 order by timestamp',
      [anomaly.id],
    );
    expect(records).toMatchObject([
      { event_type: 'ANOMALY_JUDGED', user_id: answer.body.feedback.by, details: { after: 'false_positive' } },
      { event_type: 'ANOMALY_JUDGED', details: { before: 'false_positive', after: 'confirmed' } },
    ]);
  });

  it('makes the same heat normal from then on, as the preview says too, and not what is far hotter', async () => {
    const { machine, anomaly } = await heated(46 + 2 * (QUIET_HOURS + 1) + 1);
    await judge(anomaly.id, 'false_positive');
    await machine.lives(QUIET_HOURS, 74);
    expect(await heatsOf(machine)).toHaveLength(1);

    const { status, body } = await preview({ device_id: machine.id, metric: HOT });
    expect([status, body.status, body.feedback_in_force, body.rows]).toEqual([200, 'ok', 1, 46 + QUIET_HOURS + 1]);
    const standard = body.settings.find(({ sensitivity }: { sensitivity: string }) => sensitivity === 'standard');
    expect(standard.fired).toBe(0);
    expect(standard.fired_without_feedback).toBeGreaterThanOrEqual(1);
    expect(body.examples).toEqual([]);
    expect(await heatsOf(machine)).toHaveLength(1);

    await machine.lives(QUIET_HOURS, 110);
    const [much, ...before] = await heatsOf(machine);
    expect(before.map(({ id }) => id)).toEqual([anomaly.id]);
    expect(much).toMatchObject({ state: 'open', value: 110, feedback: null });
    await waitFor(() => toldOf(much.id).length > 0);
    expect(toldOf(anomaly.id)).toHaveLength(1);
  });

  it('with an Idempotency-Key is done once, and 422 for another verdict; 412 for what has changed since', async () => {
    const { anomaly } = spare.pop()!;
    const tag = (await get(anomaly.id)).headers.get('etag')!;
    const headers = { 'idempotency-key': randomUUID() };
    const [first, again] = [
      await judge(anomaly.id, 'confirmed', { headers }),
      await judge(anomaly.id, 'confirmed', { headers }),
    ];
    expect([first, again].map((each) => each.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(again.body).toEqual(first.body);
    expect((await judge(anomaly.id, 'false_positive', { headers })).body).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    expect((await judge(anomaly.id, 'false_positive', { headers: { 'if-match': tag } })).body).toMatchObject({
      status: 412,
      code: 'precondition-failed',
    });
    const now = first.headers.get('etag')!;
    expect((await judge(anomaly.id, 'false_positive', { headers: { 'if-match': now } })).body.version).toBe(3);
  });

  it('403 for whoever may not; 422 for what it does not take; and nothing changes', async () => {
    const { machine, anomaly } = untouched;
    const operator = await api.tokenOf('operator');
    for (const token of [viewer, operator])
      expect((await judge(anomaly.id, 'confirmed', { token })).body).toMatchObject({ status: 403, code: 'forbidden' });
    for (const answer of [
      await list('', operator),
      await get(anomaly.id, operator),
      await rateOf(machine.id, operator),
    ])
      expect(answer.status).toBe(403);
    for (const [json, pointer] of [
      [{ verdict: 'maybe' }, '/verdict'],
      [{}, '/verdict'],
      [{ verdict: 'confirmed', colour: 'red' }, '/colour'],
    ] as const)
      expect((await judge(anomaly.id, '', { json })).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    for (const [json, pointer] of [
      [{ metric: HOT }, '/device_id'],
      [{ device_id: machine.id }, '/metric'],
      [{ device_id: machine.id, metric: HOT, sensitivity: 'extreme' }, '/sensitivity'],
      [{ device_id: machine.id, metric: HOT, colour: 'red' }, '/colour'],
    ] as const)
      expect((await preview(json)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await get(anomaly.id)).body).toEqual(anomaly);
  });

  it('404 for another tenant’s, byte for byte like an id that is unknown or none', async () => {
    const { machine, anomaly } = untouched;
    const ofAnomaly = [(id: string) => get(id, stranger), (id: string) => judge(id, 'confirmed', { token: stranger })];
    for (const ask of ofAnomaly) {
      const [foreign, unknown, none] = [await ask(anomaly.id), await ask(UNKNOWN), await ask(NONE)];
      expect(foreign.body).toMatchObject({ status: 404, code: 'anomaly-not-found' });
      expect(comparable(foreign, anomaly.id)).toEqual(comparable(unknown, UNKNOWN));
      expect(comparable(none, NONE)).toEqual(comparable(unknown, UNKNOWN));
    }
    const nowhere = `dev_${'0'.repeat(32)}`;
    for (const ask of [
      (id: string) => rateOf(id, stranger),
      (id: string) => preview({ device_id: id, metric: HOT }, stranger),
    ]) {
      const [foreign, unknown] = [await ask(machine.id), await ask(nowhere)];
      expect(foreign.body).toMatchObject({ status: 404, code: 'device-not-found' });
      expect(comparable(foreign, machine.id)).toEqual(comparable(unknown, nowhere));
    }
    expect((await list(`?device_id=${machine.id}`, stranger)).body.data).toEqual([]);
    expect((await get(anomaly.id)).body).toEqual(anomaly);
  });
});
