import { randomUUID } from 'node:crypto';
import { startSuite, waitFor, type Suite } from '@techze/testing';
import { createClient } from 'redis';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment } from './support/enrollment.js';
import { keyedWrites } from './support/keyed-writes.js';
import { count, rows } from './support/rows.js';

describe('the suite outlives the loss of', () => {
  let suite: Suite;
  let api: Api;
  let token: string;

  beforeAll(async () => {
    suite = await startSuite();
    api = new Api(suite.stack.demo);
    token = await api.tokenOf('technician');
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  const diagnostics = '/api/v1/diagnostics';
  const write = () =>
    api.call(diagnostics, { token, json: diagnosticBody(), headers: { 'idempotency-key': randomUUID() } });
  const redis = () => suite.stack.redis ?? fail('the suite has a Redis of its own');
  const postgres = () => suite.stack.postgres ?? fail('the suite has a PostgreSQL of its own');
  const fail = (what: string): never => {
    throw new Error(what);
  };
  const inRedis = async (command: string[]) => {
    const client = createClient({ url: api.suite.redis_url });
    await client.connect();
    try {
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  };
  /** Every event that was committed since is in every consumer's inbox, and the outbox is empty. */
  const allEventsTaken = async (since: string, events: number) => {
    const taken = await rows<{ consumer: string; count: string }>(
      'select consumer, count(*) from inbox where processed_at >= $1 group by 1',
      [since],
      api.suite,
    );
    return (
      taken.length === 3 &&
      taken.every(({ count: each }) => Number(each) === events) &&
      (await count('select 1 from outbox', [], api.suite)) === 0
    );
  };
  /** Writes go on while `fault` happens; none is lost, none doubled, and all of their events arrive. */
  const loseNothing = async (fault: () => Promise<unknown>) => {
    await waitFor(async () => (await count('select 1 from outbox', [], api.suite)) === 0, { timeoutMs: 30_000 });
    const [{ now }] = (await rows<{ now: string }>('select now()::text as now', [], api.suite)) as [{ now: string }];
    const before = await count('select 1 from diagnostics', [], api.suite);
    let over = 0;
    const written = keyedWrites(api, token, 20, () => over > 0 && Date.now() - over > 2_000);
    await waitFor(async () => (await count('select 1 from diagnostics', [], api.suite)) > before + 10);
    await fault();
    over = Date.now();
    const writes = await written;
    expect(await count('select 1 from diagnostics', [], api.suite)).toBe(before + writes.length);
    await waitFor(() => allEventsTaken(now, writes.length), {
      timeoutMs: 45_000,
      what: 'the events of all writes did not arrive once each',
    });
  };

  it('everything in Redis: FLUSHALL loses no row and no event', async () => {
    await loseNothing(() => inRedis(['FLUSHALL']));
  }, 120_000);

  it('Redis itself, killed and started again: no row and no event is lost, nobody restarts anything', async () => {
    await loseNothing(async () => {
      await redis().kill();
      await waitFor(async () => (await fetch(`${api.suite.base_url}/ready`)).status === 503);
      const start = performance.now();
      expect((await write()).status).toBe(503);
      expect(performance.now() - start).toBeLessThan(1_000);
      await redis().start();
    });
  }, 120_000);

  it('the replica of the database: reads and writes go on', async () => {
    const { id } = (await write()).body;
    await postgres().replica.kill();
    const answers = [];
    for (let time = 0; time < 60; time += 1)
      answers.push(await api.call(time % 2 ? `${diagnostics}/${id}?include=sections` : diagnostics, { token }));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect((await write()).status).toBe(201);
    await postgres().replica.start();
  }, 60_000);

  it('the primary of the database: reads go on, writes are refused at once and go on when it is back', async () => {
    const { id } = (await write()).body;
    await waitFor(async () => (await api.call(`${diagnostics}/${id}?include=sections`, { token })).status === 200);
    await postgres().untilReplicated();
    await postgres().primary.kill();
    try {
      const reads = await Promise.all(
        Array.from({ length: 20 }, () => api.call(`${diagnostics}/${id}?include=sections`, { token })),
      );
      expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
      const start = performance.now();
      expect((await write()).body).toMatchObject({ status: 503 });
      expect(performance.now() - start).toBeLessThan(5_000);
      expect((await fetch(`${api.suite.base_url}/ready`)).status).toBe(200);
      const health = await fetch(`${api.suite.base_url}/health`);
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({
        status: 'unhealthy',
        checks: { database: false, redis: true, pool: true },
      });
    } finally {
      await postgres().primary.start();
    }
    await waitFor(async () => (await write()).status === 201, { timeoutMs: 10_000 });
    // Every process finds out for itself.
    await waitFor(async () => (await api.call('/api/v1/health')).status === 200, { timeoutMs: 10_000 });
  }, 60_000);

  it('the whole database: nobody can say who an agent is, so it is told 503, and is in again afterwards', async () => {
    const enrollment = await Enrollment.of(api);
    const { credential, device_id } = await enrollment.enroll();
    const get = (bearer: string) => api.call(`/api/v1/devices/${device_id}`, { token: bearer });
    await waitFor(async () => (await get(credential)).status === 200);
    await Promise.all([postgres().replica.kill(), postgres().primary.kill()]);
    try {
      await waitFor(async () => (await get(credential)).status === 503, { timeoutMs: 5_000 });
      expect((await get(`tzd_${'A'.repeat(43)}`)).status).toBe(503);
      expect((await enrollment.ask(`tze_${'A'.repeat(43)}`)).status).toBe(503);
    } finally {
      await postgres().primary.start();
      await postgres().replica.start();
    }
    await waitFor(async () => (await get(credential)).status === 200, { timeoutMs: 10_000 });
    expect((await get(`tzd_${'A'.repeat(43)}`)).status).toBe(401);
    await waitFor(async () => (await api.call('/api/v1/health')).status === 200, { timeoutMs: 10_000 });
  }, 60_000);

  it('nothing at all, to frames forged by hand on Redis: no handler runs, the service goes on', async () => {
    const viewer = await api.tokenOf('viewer');
    const before = await count('select 1 from diagnostics', [], api.suite);
    const request = (bearer: string) => ({
      id: randomUUID(),
      pattern: 'diagnostics.create',
      data: diagnosticBody(),
      reply: 'tz:reply:forger',
      deadline: Date.now() + 10_000,
      request_id: randomUUID(),
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      token: bearer,
    });
    const send = (field: string, frame: string) => inRedis(['XADD', 'tz:{diagnostics}:rpc', '*', field, frame]);
    const unsigned = 'eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.';
    await send('v1', 'rubbish');
    await send('v1', '[]');
    await send('v1', 'x'.repeat(2_000_000));
    await send('v1', JSON.stringify([{ ...request(unsigned), token: undefined }]));
    await send('v1', JSON.stringify([request(unsigned), request(viewer), 7]));
    await send('v99', JSON.stringify([request(token)]));
    await send('no', 'field');
    const pending = async () =>
      (await inRedis(['XPENDING', 'tz:{diagnostics}:rpc', 'diagnostics'])) as unknown as [number];
    await waitFor(async () => Number((await pending())[0]) === 0);
    expect(await count('select 1 from diagnostics', [], api.suite)).toBe(before);
    // The same frame with a token that may: it was the token that the others lacked.
    await send('v1', JSON.stringify([request(token)]));
    await waitFor(async () => (await count('select 1 from diagnostics', [], api.suite)) === before + 1);
    expect((await write()).status).toBe(201);
  }, 60_000);
});
