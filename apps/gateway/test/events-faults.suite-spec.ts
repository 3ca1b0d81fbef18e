import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { createClient } from 'redis';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { EventReader } from './support/event-reader.js';
import { keyedWrites } from './support/keyed-writes.js';
import { rows } from './support/rows.js';

/** Of the suite: two of them without a byte read are the end of a stream. */
const HEARTBEAT_MS = 500;

describe('a stream of events outlives', () => {
  let suite: Suite;
  let gateways: [Api, Api];
  let viewer: string;
  let technician: string;
  let tenant: string;
  const readers: EventReader[] = [];

  beforeAll(async () => {
    const environment = { EVENTS_HEARTBEAT_MS: String(HEARTBEAT_MS), SHUTDOWN_DRAIN_MS: '100' };
    suite = await startSuite({ scale: { ...NO_BYSTANDERS, gateway: 2 }, environment });
    const { demo } = suite.stack;
    const [one, two] = (demo.services.gateway ?? []).map(
      ({ port }) => new Api({ ...demo, base_url: `http://127.0.0.1:${port}` }),
    );
    if (!one || !two) throw new Error('the suite has no two gateways');
    gateways = [one, two];
    [viewer, technician] = [await one.tokenOf('viewer'), await one.tokenOf('technician')];
    tenant = demo.tenants[0]?.id ?? '';
  }, 120_000);
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
  });
  afterAll(() => suite.stop(), 60_000);

  const open = async (gateway: Api, lastEventId?: string): Promise<EventReader> => {
    const reader = await EventReader.open(gateway.suite.base_url, { token: viewer, lastEventId });
    readers.push(reader);
    return reader.untilOpen();
  };
  /** A stream that has all there is so far: what was committed just before it began may still be told. */
  const openCurrent = async (gateway: Api): Promise<EventReader> => {
    const reader = await open(gateway);
    const answer = await gateways[1].call('/api/v1/diagnostics', { token: technician, json: diagnosticBody() });
    await waitFor(() => idsOf(reader).includes(answer.body.id));
    reader.events.splice(0);
    return reader;
  };
  const idsOf = (...of: EventReader[]) =>
    of
      .flatMap(({ news }) => news.filter(({ event }) => event === 'diagnostic.completed'))
      .map(({ data }) => data.data.diagnostic_id);
  const postgres = () => suite.stack.postgres ?? fail('the suite has a PostgreSQL of its own');
  const redis = () => suite.stack.redis ?? fail('the suite has a Redis of its own');
  const fail = (what: string): never => {
    throw new Error(what);
  };
  const metric = async (gateway: Api, name: string) =>
    Number(new RegExp(`^${name} (\\d+)`, 'm').exec((await gateway.call('/metrics')).text)?.[1]);
  /** Writes go on while `fault` happens, and for a second more. @returns what was made */
  const during = async (gateway: Api, fault: () => Promise<unknown>): Promise<string[]> => {
    let overAt = Infinity;
    const written = keyedWrites(gateway, technician, 20, () => Date.now() > overAt);
    await fault();
    overAt = Date.now() + 1_000;
    return (await written).map(({ id }) => id).sort();
  };

  it('silence: a heart-beat says where to resume', async () => {
    const reader = await open(gateways[0]);
    await waitFor(() => reader.comments.length >= 3);
    expect(reader.lastEventId).toMatch(/^\d+-evt_[0-9a-f]{32}$/);
    expect(reader.events).toEqual([]);
  });

  it('a storm that its reader does not read: it is cut, and resumes with all of it; nobody else notices', async () => {
    const [other, slow] = [await open(gateways[0]), await open(gateways[0])];
    const cut = await metric(gateways[0], 'event_streams_cut_total');
    await waitFor(() => slow.lastEventId !== undefined);
    slow.response.pause();
    // More than the buffers of two kernels take.
    await rows(
      `insert into event_feed (tenant_id, event_id, type, data)
       select $1, 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0'),
         'finding.opened', json_build_object('n', n, 'title', repeat('x', 4000)) from generate_series(1, 4000) n`,
      [tenant],
      gateways[0].suite,
    );
    await waitFor(() => other.news.length >= 4_000, { timeoutMs: 20_000 });
    await waitFor(async () => (await metric(gateways[0], 'event_streams_cut_total')) === cut + 1);
    expect(other.ended).toBe(false);
    slow.response.resume();
    await waitFor(() => slow.ended);
    const again = await open(gateways[1], slow.lastEventId);
    await waitFor(() => slow.news.length + again.news.length >= 4_000, { timeoutMs: 20_000 });
    const numbers = [slow, again].flatMap(({ news }) => news.map(({ data }) => data.data.n));
    expect(numbers).toEqual(Array.from({ length: 4_000 }, (_, n) => n + 1));
  }, 60_000);

  it('Redis: FLUSHALL, and killed and started again: nothing is lost, nothing comes twice', async () => {
    const both = [await openCurrent(gateways[0]), await openCurrent(gateways[1])];
    await waitFor(() => both[0]?.news.length === 1);
    both[0]?.events.splice(0);
    const made = await during(gateways[0], async () => {
      const client = createClient({ url: gateways[0].suite.redis_url });
      await client.connect();
      await client.sendCommand(['FLUSHALL']);
      client.destroy();
      await redis().kill();
      await redis().start();
    });
    for (const reader of both) {
      await waitFor(() => idsOf(reader).length >= made.length, { timeoutMs: 20_000 });
      expect([...idsOf(reader)].sort()).toEqual(made);
      expect(reader.ended).toBe(false);
    }
  }, 90_000);

  it('kill -9 of its gateway: it resumes on another one, and misses nothing', async () => {
    const first = await openCurrent(gateways[0]);
    const all = await openCurrent(gateways[1]);
    await waitFor(() => first.news.length === 1);
    first.events.splice(0);
    const made = await during(gateways[1], async () => {
      await waitFor(() => first.news.length >= 10);
      suite.stack.instances('gateway')[0]?.signal('SIGKILL');
      await waitFor(() => first.ended);
    });
    const second = await open(gateways[1], first.lastEventId);
    await waitFor(() => idsOf(all).length >= made.length && idsOf(first, second).length >= made.length);
    expect([...idsOf(all)].sort()).toEqual(made);
    expect(idsOf(first, second)).toEqual(idsOf(all));
    expect(second.count('stream.reset')).toBe(0);
  }, 60_000);

  it('the loss of the primary: what is there is read from the replica, and new events come when it is back', async () => {
    const reader = await openCurrent(gateways[1]);
    const before = reader.lastEventId;
    const made = await during(gateways[1], () => waitFor(() => reader.news.length >= 5));
    await waitFor(() => idsOf(reader).length >= made.length);
    await postgres().untilReplicated();
    await postgres().primary.kill();
    let resumed: EventReader;
    try {
      resumed = await open(gateways[1], before);
      await waitFor(() => idsOf(resumed).length >= made.length, { timeoutMs: 20_000 });
      expect(idsOf(resumed)).toEqual(idsOf(reader));
    } finally {
      await postgres().primary.start();
    }
    const later = await during(gateways[1], () =>
      waitFor(() => idsOf(reader).length > made.length, { timeoutMs: 30_000 }),
    );
    for (const each of [reader, resumed]) {
      await waitFor(() => idsOf(each).length >= made.length + later.length, { timeoutMs: 20_000 });
      expect([...idsOf(each)].sort()).toEqual([...made, ...later].sort());
      expect([each.ended, each.count('stream.reset')]).toEqual([false, 0]);
    }
  }, 90_000);

  it('the end of its process, which tells it so first', async () => {
    const reader = await open(gateways[1]);
    await waitFor(() => reader.lastEventId !== undefined);
    suite.stack.instances('gateway')[1]?.signal('SIGTERM');
    await waitFor(() => reader.ended);
    expect(reader.events.at(-1)).toMatchObject({ event: 'stream.end', data: { reason: 'shutdown' } });
    expect(reader.retryMs).toBeLessThanOrEqual(3_000);
    await waitFor(async () => (await gateways[0].call('/ready').catch(() => undefined))?.status === 200, {
      timeoutMs: 30_000,
    });
    const again = await open(gateways[0], reader.lastEventId);
    await during(gateways[0], () => waitFor(() => again.news.length > 0, { timeoutMs: 20_000 }));
    expect(again.count('stream.reset')).toBe(0);
  }, 60_000);
});
