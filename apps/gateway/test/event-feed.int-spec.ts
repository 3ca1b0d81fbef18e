import { loadConfig } from '@techze/config';
import { newId, type StreamedEvent } from '@techze/contracts';
import { databaseConfig, openDatabase, type Database, type DatabaseConfig } from '@techze/database';
import { Logger } from '@techze/observability';
import { fullSize, testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { EventFeedRepository, PAGE_EVENTS } from '../src/events/event-feed.repository.js';
import { EventStream } from '../src/events/event-stream.js';
import { parsePosition } from '../src/events/feed-position.js';
import { TenantFeed } from '../src/events/tenant-feed.js';

const EVENTS = fullSize() ? 100_000 : 10_000;
const WRITERS = 20;

describe('the feed of a tenant', () => {
  let testDb: TestDatabase;
  let database: Database;
  let repository: EventFeedRepository;
  let admin: Client;
  let tenant: string;
  const feeds: TenantFeed[] = [];
  const clients: Client[] = [];
  const logged: string[] = [];
  const logger = Logger.to({ write: (line: string) => void logged.push(line) });

  beforeAll(async () => {
    testDb = await testDatabase();
    const config = loadConfig([databaseConfig], { ...testDb.environment('gateway') });
    database = await openDatabase(config.get(databaseConfig.token) as DatabaseConfig, {
      role: 'svc_identity',
      entities: [],
      logger,
    });
    repository = new EventFeedRepository(database);
    admin = await connect();
  });
  beforeEach(() => {
    tenant = newId('tnt');
  });
  afterEach(() => {
    for (const feed of feeds.splice(0)) feed.stop();
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await database.close();
    await testDb.drop();
  });

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString: testDb.adminUrl() });
    await client.connect();
    clients.push(client);
    return client;
  }
  const insert = (client: Client, data: object, eventId = newId('evt')) =>
    client.query('insert into event_feed (tenant_id, event_id, type, data) values ($1, $2, $3, $4)', [
      tenant,
      eventId,
      'finding.opened',
      JSON.stringify(data),
    ]);
  const openFeed = async () => {
    const feed = await TenantFeed.open(tenant, repository, logger);
    feeds.push(feed);
    return feed;
  };
  /** Reads the stream to its end; what it has, and where it is. */
  function read(stream: EventStream) {
    const seen = { events: [] as StreamedEvent[], lastEventId: '', resets: 0 };
    stream.setEncoding('utf8');
    let rest = '';
    stream.on('data', (text: string) => {
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        seen.lastEventId = /^id: (.*)$/m.exec(block)?.[1] ?? seen.lastEventId;
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (block.includes('event: stream.reset')) seen.resets += 1;
        else if (data !== undefined) seen.events.push(JSON.parse(data) as StreamedEvent);
      }
    });
    return seen;
  }
  const all = () => true;
  const open = (feed: TenantFeed, lastEventId?: string) => {
    const position = lastEventId === undefined ? undefined : parsePosition(lastEventId);
    return new EventStream(feed, all, position);
  };

  it('keeps an event back until none can be committed before it any more, and skips none that comes late', async () => {
    const feed = await openFeed();
    const seen = read(open(feed));
    const [early, late] = [await connect(), await connect()];
    await early.query('begin');
    await insert(early, { n: 1 });
    await late.query('begin');
    await insert(late, { n: 2 });
    await late.query('commit');
    await waitFor(async () => (await feed.pageAfter(feed.position)).unsettled);
    await insert(late, { n: 3 });
    expect(seen.events).toEqual([]);
    await early.query('commit');
    await waitFor(() => seen.events.length === 3);
    expect(seen.events.map(({ data }) => data.n)).toEqual([1, 2, 3]);
  });

  it(`gives ${EVENTS} events of concurrent writers once each, in one order, to whoever stays and to whoever comes and goes`, async () => {
    const feed = await openFeed();
    const stayed = read(open(feed));
    const visits: StreamedEvent[] = [];
    let over = false;
    let visitCount = 0;
    const visitor = async () => {
      let lastEventId: string | undefined;
      const start = open(feed);
      const first = read(start);
      await waitFor(() => first.lastEventId !== '');
      start.destroy();
      lastEventId = first.lastEventId;
      while (visits.length < EVENTS) {
        const stream = open(feed, lastEventId);
        const seen = read(stream);
        const enough = 1 + Math.floor(Math.random() * 700);
        await waitFor(() => seen.events.length >= (over ? EVENTS - visits.length : enough) || over, {
          timeoutMs: 60_000,
          everyMs: 2,
        });
        if (over) await waitFor(() => visits.length + seen.events.length >= EVENTS, { timeoutMs: 60_000 });
        stream.destroy();
        visits.push(...seen.events);
        lastEventId = seen.lastEventId;
        visitCount += 1;
        expect(seen.resets).toBe(0);
      }
    };
    const visiting = visitor();
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        const client = await connect();
        for (let n = 0; n < EVENTS / WRITERS;) {
          await client.query('begin');
          // What is rolled back was never told of, and takes no number.
          if (n % 7 === 0) {
            await insert(client, { writer, n: -1 });
            await client.query('rollback');
            await client.query('begin');
          }
          for (const end = Math.min(n + 1 + (writer % 5), EVENTS / WRITERS); n < end; n += 1)
            await insert(client, { writer, n });
          await client.query('commit');
        }
      }),
    );
    over = true;
    await waitFor(() => stayed.events.length >= EVENTS, { timeoutMs: 60_000 });
    await visiting;
    const ids = stayed.events.map(({ id }) => id);
    expect(new Set(ids).size).toBe(EVENTS);
    expect(stayed.events).toHaveLength(EVENTS);
    expect(visits.map(({ id }) => id)).toEqual(ids);
    expect(visitCount).toBeGreaterThan(5);
    for (let writer = 0; writer < WRITERS; writer += 1) {
      const own = stayed.events.filter(({ data }) => data.writer === writer).map(({ data }) => data.n);
      expect(own).toEqual(Array.from({ length: EVENTS / WRITERS }, (_, n) => n));
    }
  }, 180_000);

  it('holds a page for a reader that reads nothing, and gives it all of it once it does; others wait for nobody', async () => {
    const feed = await openFeed();
    const [slow, fast] = [open(feed), open(feed)];
    const seen = read(fast);
    const text = 'x'.repeat(2_000);
    for (let n = 0; n < 2_000; n += 200)
      await admin.query(
        `insert into event_feed (tenant_id, event_id, type, data)
         select $1, 'evt_' || lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0'),
           'finding.opened', json_build_object('n', n, 'text', $2::text)
         from generate_series($3::int, $3::int + 199) n`,
        [tenant, text, n],
      );
    await waitFor(() => seen.events.length === 2_000);
    expect(slow.readableLength).toBeLessThan(64 * 1024 + (PAGE_EVENTS + 1) * 2_300);
    expect(slow.stuckSinceMs).toBeLessThan(performance.now());
    const late = read(slow);
    await waitFor(() => late.events.length === 2_000);
    expect(late.events.map(({ id }) => id)).toEqual(seen.events.map(({ id }) => id));
    expect(slow.stuckSinceMs).toBeUndefined();
    await insert(admin, { n: 'live' });
    await waitFor(() => late.events.length === 2_001 && seen.events.length === 2_001);
  });

  it('says so when the newest that it has shown is gone with a lost primary, and goes on with what there is', async () => {
    const feed = await openFeed();
    const stream = open(feed);
    const seen = read(stream);
    await insert(admin, { n: 1 });
    await insert(admin, { n: 2 }, `evt_${newId('evt').slice(4)}`);
    await waitFor(() => seen.events.length === 2);
    await admin.query(`delete from event_feed where tenant_id = $1 and data ->> 'n' = '2'`, [tenant]);
    await waitFor(() => seen.resets === 1);
    await insert(admin, { n: 3 });
    await waitFor(() => seen.events.length === 3);
    expect(seen.events.map(({ data }) => data.n)).toEqual([1, 2, 3]);
    expect(logged.filter((line) => line.includes('streams begin anew'))).toHaveLength(1);
  });

  it('sends nothing while nobody can tell whether the reader may go on, and leaves nothing out after', async () => {
    const feed = await openFeed();
    const stream = open(feed);
    const other = read(open(feed));
    const seen = read(stream);
    await waitFor(() => seen.lastEventId !== '');
    stream.pauseDelivery();
    await insert(admin, { n: 1 });
    await waitFor(() => other.events.length === 1);
    stream.beat();
    expect(seen.events).toEqual([]);
    stream.resumeDelivery();
    await waitFor(() => seen.events.length === 1);
  });

  it('tells its last position in every heart-beat, also of events that the reader did not want', async () => {
    const feed = await openFeed();
    const stream = new EventStream(feed, () => false);
    const seen = read(stream);
    const other = read(open(feed));
    await insert(admin, { n: 1 });
    await waitFor(() => other.events.length === 1);
    stream.beat();
    await waitFor(() => seen.lastEventId.endsWith(other.events[0]?.id ?? ''));
    expect(seen.events).toEqual([]);
  });

  it('is read by its index alone, under row security', async () => {
    await admin.query(
      `insert into event_feed (tenant_id, event_id, type, data)
       select 'tnt_' || n % 50, 'evt_' || n, 'finding.opened', '{}' from generate_series(1, 20000) n`,
    );
    await admin.query('analyze event_feed');
    const client = await connect();
    await client.query('begin');
    await client.query(
      `select set_config('role', 'svc_identity', true), set_config('request.jwt.claims', '{"tenant_id":"tnt_7"}', true)`,
    );
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select event_id from event_feed where tenant_id = 'tnt_7' and (xact, event_id) >= (10::bigint, 'evt_1')
         and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       order by xact, event_id limit 100`,
    );
    await client.query('rollback');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index Cond: .*tenant_id.*ROW\(.*xact/);
    expect(plan).not.toMatch(/Seq Scan on event_feed_\d/);
  });

  describe('is kept by the day', () => {
    const asWorker = async (sql: string, values: unknown[] = [], role = 'svc_worker') => {
      const { user, password } = testDb.login('diagnostics');
      const url = new URL(testDb.adminUrl());
      [url.username, url.password] = [user, password];
      const client = new Client({ connectionString: url.href });
      await client.connect();
      try {
        await client.query('begin');
        await client.query(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
          role,
          '{"worker":"relay","tenant_id":"tnt_a"}',
        ]);
        const { rows } = await client.query<{ answer: unknown }>(sql, values);
        await client.query('commit');
        return rows[0]?.answer;
      } finally {
        await client.end();
      }
    };
    const partitions = async () =>
      (
        await admin.query<{ name: string }>(
          `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event_feed'::regclass order by 1`,
        )
      ).rows.map(({ name }) => name);
    const day = async (ahead: number) =>
      (
        await admin.query<{ name: string }>(
          `select 'event_feed_' || to_char((now() at time zone 'UTC')::date + $1::int, 'YYYYMMDD') as name`,
          [ahead],
        )
      ).rows[0]?.name ?? '';

    it('from the first moment, and three days ahead', async () => {
      expect(await partitions()).toEqual(
        [await day(0), await day(1), await day(2), await day(3), 'event_feed_default'].sort(),
      );
    });

    it('a day is made once, takes along what is of it, and is closed by its own name', async () => {
      await admin.query(
        `insert into event_feed (tenant_id, event_id, type, data, created_at)
         values ($1, 'evt_ahead', 'finding.opened', '{}', now() + interval '5 days')`,
        [tenant],
      );
      const ensure = `select ensure_event_feed_partition(((now() at time zone 'UTC')::date + 5)) as answer`;
      expect(await asWorker(ensure)).toBe(true);
      expect(await asWorker(ensure)).toBe(false);
      const { rows } = await admin.query<{ place: string; closed: boolean }>(
        `select f.tableoid::regclass::text as place, c.relrowsecurity and c.relforcerowsecurity as closed
         from event_feed f join pg_class c on c.oid = f.tableoid where event_id = 'evt_ahead'`,
      );
      expect(rows).toEqual([{ place: await day(5), closed: true }]);
      await expect(asWorker(`select 1 as answer from ${await day(5)}`, [], 'svc_diagnostics')).rejects.toThrow(
        'permission denied',
      );
    });

    it('a day goes only when all of it is older than what is promised', async () => {
      for (const ago of [4, 5]) {
        const name = await day(-ago);
        await admin.query(`create table ${name} partition of event_feed
          for values from ('${name.slice(-8)}') to ('${(await day(1 - ago)).slice(-8)}')`);
      }
      expect(await asWorker('select drop_expired_event_feed() as answer')).toBe(1);
      expect(await partitions()).toContain(await day(-4));
      expect(await partitions()).not.toContain(await day(-5));
    });

    it.each([['null'], [`current_date - 1`], [`current_date + 7`]])('no day is made for %s', async (text) => {
      await expect(asWorker(`select ensure_event_feed_partition(${text}) as answer`)).rejects.toThrow(
        'no partition is made',
      );
    });

    it('and only by who works across tenants', async () => {
      for (const call of ['ensure_event_feed_partition(current_date)', 'drop_expired_event_feed()'])
        await expect(asWorker(`select ${call} as answer`, [], 'svc_diagnostics')).rejects.toThrow('permission denied');
    });
  });
});
