import { randomUUID } from 'node:crypto';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api, type Answer, type Call } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment } from './support/enrollment.js';

const ROUNDS = 100;
/** The replica catches up after so many, so that it is never too far behind to be read. */
const ROUNDS_PER_PAUSE = 20;
const CUSTOMERS = '/api/v1/customers';
const DIAGNOSTICS = '/api/v1/diagnostics';

/** On two gateways, with a replica that stands still but is not yet too old to be read. */
describe('a session reads its own writes', () => {
  let suite: Suite;
  let gateways: readonly [Api, Api];
  let writer: string;
  let stranger: string;
  let technician: string;

  beforeAll(async () => {
    suite = await startSuite({
      scale: { ...NO_BYSTANDERS, gateway: 2 },
      environment: { DATABASE_MAX_REPLICA_LAG_MS: '60000' },
    });
    const { demo } = suite.stack;
    const [first, second] = (demo.services.gateway ?? []).map(
      ({ port }) => new Api({ ...demo, base_url: `http://127.0.0.1:${port}` }),
    );
    if (!first || !second) throw new Error('the suite has no two gateways');
    gateways = [first, second];
    [writer, stranger, technician] = await Promise.all([
      first.tokenOf('manager'),
      first.tokenOf('manager'),
      first.tokenOf('technician'),
    ]);
  }, 120_000);
  afterEach(resume);
  afterAll(() => suite.stop(), 60_000);

  const postgres = () => {
    if (!suite.stack.postgres) throw new Error('the suite has a PostgreSQL of its own');
    return suite.stack.postgres;
  };
  const onReplica = async <Row extends object>(sql: string): Promise<Row> => {
    const [row] = await postgres().replica.query<Row>(sql);
    if (!row) throw new Error('a row was asked for');
    return row;
  };
  /** Everybody has what there is, and from now on the replica shows nothing new. */
  async function pause(): Promise<void> {
    const [end] = await postgres().primary.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn');
    await waitFor(
      async () => (await onReplica<{ done: boolean }>(`select pg_last_wal_replay_lsn() >= '${end?.lsn}' as done`)).done,
    );
    await onReplica('select pg_wal_replay_pause()::text as done');
    await waitFor(
      async () =>
        (await onReplica<{ state: string }>('select pg_get_wal_replay_pause_state() as state')).state === 'paused',
    );
  }
  async function resume(): Promise<void> {
    await onReplica('select pg_wal_replay_resume()::text as done');
  }
  const call = (gateway: number, path: string, options: Call): Promise<Answer> =>
    (gateways[gateway % 2] as Api).call(path, options);
  const create = async (token: string, gateway = 0): Promise<{ id: string; name: string }> => {
    const answer = await call(gateway, CUSTOMERS, { token, json: { name: randomUUID() } });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  };
  const sees = async (token: string, { id }: { id: string }, gateway = 0): Promise<boolean> =>
    (await call(gateway, `${CUSTOMERS}/${id}`, { token })).status === 200;
  const lists = async (token: string, { id, name }: { id: string; name: string }, gateway = 0): Promise<boolean> =>
    (await call(gateway, `${CUSTOMERS}?q=${name}`, { token })).body.data.some((item: { id: string }) => item.id === id);
  /** Until reads of that session are the replica's: it does not see what others write while that stands still. */
  const untilOnReplica = (token: string) =>
    waitFor(
      async () => {
        await pause();
        const seen = await sees(token, await create(writer));
        await resume();
        return !seen;
      },
      { timeoutMs: 20_000 },
    );

  it(`${ROUNDS} times of ${ROUNDS}, by id and in lists, on whichever gateway, while others read the replica`, async () => {
    const seen = { own: 0, listed: 0, byStranger: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % ROUNDS_PER_PAUSE === 0) {
        await resume();
        await pause();
      }
      const customer = await create(writer, round);
      const [own, listed, byStranger] = await Promise.all([
        sees(writer, customer, round + 1),
        lists(writer, customer, round + 1),
        sees(stranger, customer, round),
      ]);
      seen.own += Number(own);
      seen.listed += Number(listed);
      seen.byStranger += Number(byStranger);
    }
    expect(seen).toEqual({ own: ROUNDS, listed: ROUNDS, byStranger: 0 });
  }, 120_000);

  it('also of many requests at once', async () => {
    await pause();
    const seen = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => sees(writer, await create(writer, index), index + 1)),
    );
    expect(seen).toEqual(Array(40).fill(true));
  }, 60_000);

  it('and what it changed and deleted, also where others’ answers are kept', async () => {
    const { id } = (await call(0, DIAGNOSTICS, { token: technician, json: diagnosticBody() })).body;
    const path = `${DIAGNOSTICS}/${id}`;
    const customer = await create(writer);
    await waitFor(
      async () => (await call(0, path, { token: stranger })).status === 200 && (await sees(stranger, customer)),
    );
    await pause();
    await call(0, path, { method: 'PATCH', token: technician, json: { notes: 'changed' } });
    expect((await call(1, path, { token: technician })).body.notes).toBe('changed');
    const headers = {
      'if-match': (await call(0, `${CUSTOMERS}/${customer.id}`, { token: writer })).headers.get('etag') ?? '',
    };
    const deleted = await call(0, `${CUSTOMERS}/${customer.id}`, { method: 'DELETE', token: writer, headers });
    expect(deleted.status).toBe(204);
    expect(await sees(writer, customer, 1)).toBe(false);
    expect(await sees(stranger, customer, 1)).toBe(true);
  }, 60_000);

  it('a diagnostic that an agent sent, and its device from the enrollment on', async () => {
    const { token } = await (await Enrollment.of(gateways[0])).token();
    await pause();
    const enrolled = await new Enrollment(gateways[0], '').ask(token);
    const { device_id, credential } = enrolled.body;
    expect((await call(1, `/api/v1/devices/${device_id}`, { token: credential })).status).toBe(200);
    const sent = await call(0, DIAGNOSTICS, { token: credential, json: diagnosticBody() });
    expect(sent.status).toBe(201);
    expect((await call(1, `${DIAGNOSTICS}/${sent.body.id}`, { token: credential })).status).toBe(200);
    expect((await call(1, `${DIAGNOSTICS}/${sent.body.id}`, { token: stranger })).status).toBe(404);
  }, 60_000);

  it('and once the replica has them, it reads the replica like everybody else', async () => {
    const session = await gateways[0].tokenOf('manager');
    await pause();
    const own = await create(session);
    expect(await sees(session, own)).toBe(true);
    // On the primary for its own write it sees those of others, too.
    expect(await sees(session, await create(writer))).toBe(true);
    await resume();
    await untilOnReplica(session);
    expect(await sees(session, own)).toBe(true);
  }, 60_000);
});
