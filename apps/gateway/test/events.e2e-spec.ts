import { newId } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment } from './support/enrollment.js';
import { EventReader } from './support/event-reader.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { rows } from './support/rows.js';

const EVENTS = '/api/v1/events';

describe('GET /api/v1/events', () => {
  let api: Api;
  let A: OwnTenant;
  let B: OwnTenant;
  let viewer: string;
  let technician: string;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    api = new Api();
    [A, B] = [await ownTenant(api), await ownTenant(api)];
    [viewer, technician] = [await A.tokenOf('viewer'), await A.tokenOf('technician')];
  });
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
  });

  const open = async (
    options: { token?: string; lastEventId?: string | undefined; query?: string } = {},
  ): Promise<EventReader> => {
    const reader = await EventReader.open(api.suite.base_url, { token: viewer, ...options });
    readers.push(reader);
    return reader.untilOpen();
  };
  const diagnose = async (token = technician, changes = {}): Promise<{ id: string; device_id: string }> => {
    const answer = await api.call('/api/v1/diagnostics', { token, json: diagnosticBody(changes) });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  };
  const idsOf = (reader: EventReader) =>
    reader.news.filter(({ event }) => event === 'diagnostic.completed').map(({ data }) => data.data.diagnostic_id);

  it('200: tells of what was committed, by its ids, never by its evidence', async () => {
    const reader = await open();
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    expect(reader.response.headers).not.toHaveProperty('content-encoding');
    const { id, device_id } = await diagnose();
    await waitFor(() => reader.news.length > 0);
    const [told] = reader.news;
    expect(told).toMatchObject({
      event: 'diagnostic.completed',
      data: {
        id: expect.stringMatching(/^evt_/),
        type: 'diagnostic.completed',
        data: { diagnostic_id: id, device_id },
      },
    });
    expect(told?.data.data).not.toHaveProperty('measurements');
    expect(reader.retryMs).toBeGreaterThanOrEqual(1_000);
  });

  it('200: a tenant sees its own, all of it and nothing else, while both write', async () => {
    const [ofA, ofB] = [await open(), await open({ token: await B.tokenOf('viewer') })];
    const technicianOfB = await B.tokenOf('technician');
    const [inA, inB] = await Promise.all(
      [technician, technicianOfB].map(async (token) => {
        const made = await Promise.all(Array.from({ length: 25 }, () => diagnose(token)));
        return made.map(({ id }) => id).sort();
      }),
    );
    await waitFor(() => idsOf(ofA).length >= 25 && idsOf(ofB).length >= 25);
    expect([...idsOf(ofA)].sort()).toEqual(inA);
    expect([...idsOf(ofB)].sort()).toEqual(inB);
  });

  it('200: resumes behind Last-Event-ID, and goes on live: nothing twice, nothing left out, in the same order', async () => {
    const [all, first] = [await open(), await open()];
    await diagnose();
    await waitFor(() => first.news.length >= 1);
    first.close();
    for (let time = 0; time < 5; time += 1) await diagnose();
    const second = await open({ lastEventId: first.lastEventId });
    await Promise.all(Array.from({ length: 10 }, () => diagnose()));
    await waitFor(() => idsOf(all).length === 16 && idsOf(second).length >= 15);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(all));
    expect(second.count('stream.reset')).toBe(0);
  });

  it('200: a stream that broke before its first event is resumed all the same, also in an empty tenant', async () => {
    const tenant = await ownTenant(api);
    const first = await open({ token: await tenant.tokenOf('viewer') });
    await waitFor(() => first.lastEventId !== undefined);
    first.close();
    const { id } = await diagnose(await tenant.tokenOf('technician'));
    const second = await open({ token: await tenant.tokenOf('viewer'), lastEventId: first.lastEventId });
    await waitFor(() => second.news.length > 0);
    expect(idsOf(second)).toEqual([id]);
    expect(second.count('stream.reset')).toBe(0);
  });

  it('200: only the kinds and the device that were asked for', async () => {
    const all = await open();
    const device = await diagnose();
    await waitFor(() => idsOf(all).includes(device.id));
    const both = await open({ query: `?types=diagnostic.completed,device.deleted&device_id=${device.device_id}` });
    const opened = await open({ query: '?types=device.deleted' });
    await diagnose();
    await diagnose(technician, { device_id: device.device_id, device: undefined });
    const manager = await A.tokenOf('manager');
    expect((await api.call(`/api/v1/devices/${device.device_id}`, { token: manager, method: 'DELETE' })).status).toBe(
      204,
    );
    await waitFor(() => both.news.length >= 2 && opened.news.length >= 1);
    expect(both.news.map(({ event }) => event)).toEqual(['diagnostic.completed', 'device.deleted']);
    expect(both.news.every(({ data }) => data.data.device_id === device.device_id)).toBe(true);
    expect(opened.news.map(({ event }) => event)).toEqual(['device.deleted']);
  });

  it.each([
    ['that no tenant has', () => `4711-${newId('evt')}`],
    ['of the far future', () => `${'9'.repeat(18)}-evt_${'f'.repeat(32)}`],
    ['older than what is kept', () => `4711-evt_0${newId('evt').slice(5)}`],
  ])('200: an id %s: says that what was missed is not known, and goes on', async (_which, id) => {
    const reader = await open({ lastEventId: id() });
    await waitFor(() => reader.count('stream.reset') === 1);
    await waitFor(() => reader.lastEventId !== undefined);
    const { id: made } = await diagnose();
    await waitFor(() => idsOf(reader).includes(made));
    expect(reader.events[0]?.event).toBe('stream.reset');
    expect(reader.count('stream.reset')).toBe(1);
  });

  it("200: another tenant's id is an unknown one, and shows nothing of it", async () => {
    const ofB = await open({ token: await B.tokenOf('viewer') });
    await diagnose(await B.tokenOf('technician'));
    const { id: inB } = await diagnose(await B.tokenOf('technician'));
    await waitFor(() => idsOf(ofB).includes(inB));
    const reader = await open({ lastEventId: ofB.lastEventId });
    await waitFor(() => reader.count('stream.reset') === 1);
    const { id } = await diagnose();
    await waitFor(() => idsOf(reader).includes(id));
    expect(idsOf(reader).filter((each) => idsOf(ofB).includes(each))).toEqual([]);
  });

  it.each([
    ['text', 'last'],
    ['a number that is none', '99999999999999999999-evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f75'],
    ['SQL', "1-evt_' or 1=1 --"],
    ['an id of something else', `1-${newId('dgn')}`],
    ['a mile of digits', '1'.repeat(8_000)],
  ])('422: Last-Event-ID is %s', async (_which, id) => {
    const answer = await api.call(EVENTS, { token: viewer, headers: { 'last-event-id': id } });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'validation-failed', errors: [{ pointer: '/Last-Event-ID' }] },
    });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    '?types=',
    '?types=finding.invented',
    '?types=finding.opened,',
    '?device_id=1',
    '?token=x',
    '?types=a&types=b',
  ])('422: %s', async (query) => {
    expect(await api.call(`${EVENTS}${query}`, { token: viewer })).toMatchObject({
      status: 422,
      body: { code: 'validation-failed' },
    });
  });

  it('401 without a credential, 403 for agents and operators', async () => {
    expect((await api.call(EVENTS)).status).toBe(401);
    const { credential } = await (await Enrollment.of(api)).enroll();
    for (const token of [credential, await api.tokenOf('operator')])
      expect(await api.call(EVENTS, { token })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('HEAD answers and holds no stream', async () => {
    const before = await openStreams();
    const answer = await api.call(EVENTS, { token: viewer, method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await openStreams()).toBe(before);
  });

  it('429: the eleventh of one user; a place that was given back is there again', async () => {
    const token = await A.tokenOf('manager');
    const ten = [];
    for (let time = 0; time < 10; time += 1) ten.push(await open({ token }));
    const eleventh = await api.call(EVENTS, { token });
    expect(eleventh).toMatchObject({ status: 429, body: { code: 'too-many-event-streams' } });
    expect(Number(eleventh.headers.get('retry-after'))).toBeGreaterThan(0);
    await open();
    ten[0]?.close();
    await waitFor(async () => {
      const again = await EventReader.ask(api.suite.base_url, { token });
      again.destroy();
      return again.statusCode === 200;
    });
  });

  it('ends within a second of log-out, with its reason, and nothing is told after', async () => {
    const token = await A.tokenOf('viewer');
    const reader = await open({ token });
    const start = performance.now();
    expect((await api.call('/api/v1/auth/logout', { token, method: 'POST' })).status).toBe(204);
    await waitFor(() => reader.ended);
    expect(performance.now() - start).toBeLessThan(1_100);
    expect(reader.events.at(-1)).toMatchObject({ event: 'stream.end', data: { reason: 'credential' } });
    expect((await api.call(EVENTS, { token })).status).toBe(401);
  });

  it('ends within a second when the account is disabled past every gateway', async () => {
    const tenant = await ownTenant(api);
    const reader = await open({ token: await tenant.tokenOf('viewer') });
    const start = performance.now();
    await rows(`update users set disabled_at = now() where tenant_id = $1 and role = 'viewer'`, [tenant.id]);
    await waitFor(() => reader.ended);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(reader.events.at(-1)).toMatchObject({ event: 'stream.end', data: { reason: 'credential' } });
  });

  it('its length is no latency: the histogram of the route has only what was refused', async () => {
    const counted = async () =>
      Number(
        /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/events"\} (\d+)/.exec(
          await metrics(),
        )?.[1] ?? 0,
      );
    const before = await counted();
    const reader = await open();
    const streams = await openStreams();
    reader.close();
    await waitFor(async () => (await openStreams()) < streams);
    await api.call(`${EVENTS}?x=1`, { token: viewer });
    await waitFor(async () => (await counted()) > before);
    expect(await counted()).toBe(before + 1);
  });

  const metrics = async () => (await api.call('/metrics')).text;
  const openStreams = async () => Number(/^event_streams (\d+)/m.exec(await metrics())?.[1]);
});
