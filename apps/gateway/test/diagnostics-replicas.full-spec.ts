import { randomUUID } from 'node:crypto';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { count } from './support/rows.js';

const PATH = '/api/v1/diagnostics';

describe('with two replicas of diagnostics', () => {
  let suite: Suite;
  let api: Api;
  let technician: string;
  let manager: string;
  let viewer: string;

  beforeAll(async () => {
    suite = await startSuite({ scale: { ...NO_BYSTANDERS, diagnostics: 2 } });
    api = new Api(suite.stack.demo);
    [technician, manager, viewer] = await Promise.all([
      api.tokenOf('technician'),
      api.tokenOf('manager'),
      api.tokenOf('viewer'),
    ]);
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  const live = async () =>
    (await api.call('/api/v1/health')).body.services.find(
      ({ service }: { service: string }) => service === 'diagnostics',
    ).replicas as number;
  const created = async (): Promise<Answer['body']> =>
    (await api.call(PATH, { token: technician, json: diagnosticBody() })).body;
  /** Enough of them to meet both replicas. */
  const seen = (id: string) =>
    Promise.all(Array.from({ length: 16 }, () => api.call(`${PATH}/${id}`, { token: viewer })));
  const patch = (id: string, notes: string) =>
    api.call(`${PATH}/${id}`, { method: 'PATCH', token: technician, json: { notes } });

  it('a change is seen by everybody at once, whoever cached what was before', async () => {
    await waitFor(async () => (await live()) === 2);
    const { id } = await created();
    for (let round = 0; round < 5; round += 1) {
      await seen(id);
      await patch(id, `round ${round}`);
      for (const { body } of await seen(id)) expect(body.notes).toBe(`round ${round}`);
    }
    await api.call(`${PATH}/${id}`, { method: 'DELETE', token: manager });
    for (const { status } of await seen(id)) expect(status).toBe(404);
  });

  it('also while the database replica is behind', async () => {
    const { id } = await created();
    const replica = suite.stack.postgres?.replica;
    await waitFor(async () => (await seen(id)).every(({ status }) => status === 200));
    await replica?.query('select pg_wal_replay_pause()');
    try {
      await patch(id, 'not yet replayed');
      for (let round = 0; round < 3; round += 1)
        for (const { body } of await seen(id)) expect(body.notes).toBe('not yet replayed');
    } finally {
      await replica?.query('select pg_wal_replay_resume()');
    }
  });

  it('kill -9 of both in the middle of a batch loses none, doubles none, and audits each once', async () => {
    const given = Array.from({ length: 150 }, () => diagnosticBody());
    const serials = given.map(({ device }) => (device as { serial: string }).serial);
    const stored = () =>
      count(
        'select 1 from diagnostics d join devices v on v.id = d.device_id where v.serial = any($1)',
        [serials],
        api.suite,
      );
    const headers = { 'idempotency-key': randomUUID() };
    const send = () =>
      api.call(`${PATH}/batch`, { token: technician, json: { diagnostics: given }, headers }).catch(() => undefined);
    const first = send();
    await waitFor(async () => (await stored()) > 10, { timeoutMs: 8_000 });
    for (const replica of suite.stack.instances('diagnostics')) replica.signal('SIGKILL');
    const broken = await first;
    expect(await stored()).toBeLessThan(150);
    expect(broken?.status === 200 ? broken.body.results.some((each: object) => 'problem' in each) : true).toBe(true);

    const whole = await waitFor(
      async () => {
        const answer = await send();
        return answer?.status === 200 && answer.body.results.every((each: object) => 'id' in each) ? answer : undefined;
      },
      { timeoutMs: 60_000 },
    );
    const ids = whole.body.results.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(150);
    expect(await stored()).toBe(150);
    expect(
      await count(
        `select 1 from audit_events where event_type = 'DIAGNOSTIC_CREATED' and resource_id = any($1)`,
        [ids],
        api.suite,
      ),
    ).toBe(150);
    expect((await send())?.headers.get('idempotency-replayed')).toBe('true');
  }, 120_000);
});
