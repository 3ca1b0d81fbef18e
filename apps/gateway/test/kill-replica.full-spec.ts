import { randomUUID } from 'node:crypto';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { keyedWrites } from './support/keyed-writes.js';
import { count } from './support/rows.js';

const REPLICAS = 3;
const WRITES_PER_SECOND = 40;

describe('with three replicas of diagnostics', () => {
  let suite: Suite;
  let api: Api;
  let token: string;

  beforeAll(async () => {
    suite = await startSuite({ scale: { ...NO_BYSTANDERS, diagnostics: REPLICAS } });
    api = new Api(suite.stack.demo);
    token = await api.tokenOf('technician');
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  const replicas = () => suite.stack.instances('diagnostics');
  const live = async () =>
    (await api.call('/api/v1/health')).body.services.find(
      ({ service }: { service: string }) => service === 'diagnostics',
    ).replicas;
  const rowsOf = (sql: string) => count(sql, [], api.suite);

  it('each request is executed once', async () => {
    await waitFor(async () => (await live()) === REPLICAS);
    const before = await rowsOf('select 1 from diagnostics');
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => api.call('/api/v1/diagnostics', { token, json: diagnosticBody() })),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect((await rowsOf('select 1 from diagnostics')) - before).toBe(200);
  });

  it('kill -9 of one under keyed writes loses none, doubles none, and audits each once', async () => {
    const before = {
      rows: await rowsOf('select 1 from diagnostics'),
      audits: await rowsOf(`select 1 from audit_events where event_type = 'DIAGNOSTIC_CREATED'`),
    };
    let killed = 0;
    const written = keyedWrites(api, token, WRITES_PER_SECOND, () => killed > 0 && Date.now() - killed > 3_000);
    await waitFor(async () => (await rowsOf('select 1 from diagnostics')) > before.rows + WRITES_PER_SECOND);
    replicas()[1]?.signal('SIGKILL');
    killed = Date.now();
    const writes = await written;
    expect(new Set(writes.map(({ id }) => id)).size).toBe(writes.length);
    expect(await rowsOf('select 1 from diagnostics')).toBe(before.rows + writes.length);
    expect(await rowsOf(`select 1 from audit_events where event_type = 'DIAGNOSTIC_CREATED'`)).toBe(
      before.audits + writes.length,
    );
    expect(await rowsOf('select 1 from diagnostics group by device_id having count(*) > 1')).toBe(0);
  }, 90_000);

  it('the dead one comes back by itself', async () => {
    await waitFor(async () => (await live()) === REPLICAS, { timeoutMs: 45_000 });
    expect(suite.lines.join('\n')).toContain('starting it again');
  }, 60_000);

  it('none left: 503 within a second, saying when to try again, and nothing is stored', async () => {
    const json = diagnosticBody();
    for (const replica of replicas()) replica.signal('SIGKILL');
    await waitFor(async () => (await live()) === 0, { timeoutMs: 5_000 });
    for (const call of [{ json, headers: { 'idempotency-key': randomUUID() } }, {}]) {
      const start = performance.now();
      const answer = await api.call('/api/v1/diagnostics', { token, ...call });
      expect(performance.now() - start).toBeLessThan(1_000);
      expect(answer.body).toMatchObject({ status: 503, code: 'service-unavailable' });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(
      await count('select 1 from devices where serial = $1', [(json.device as { serial: string }).serial], api.suite),
    ).toBe(0);
    await waitFor(async () => (await api.call('/api/v1/diagnostics', { token })).status === 200, { timeoutMs: 45_000 });
  }, 90_000);
});
