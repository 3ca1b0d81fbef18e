import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { defineEvent, EventEnvelope, type BackendService, type Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { EventBell, EventPublisher, type OutgoingEvent } from '@techze/transport';
import { Client } from 'pg';
import { z } from 'zod';
import { EventTokenMinter, Inbox, Outbox, OutboxModule } from '../src/index.js';
import { OutboxRelay } from '../src/outbox-relay.js';
import { OutboxTable } from '../src/outbox-table.js';
import { OutboxUpkeep } from '../src/outbox-upkeep.js';

const A = 'tnt_a';
const B = 'tnt_b';
const consumers: BackendService[] = ['ai', 'analytics'];
const happened = defineEvent({ type: 'thing.happened', data: z.object({ n: z.number() }), consumers, shown: null });

/** A bus that the test holds in its hand. */
class Bus {
  readonly published: { id: string; n: number; tenant: string; consumers: readonly string[]; token: string }[] = [];
  readonly rings: string[] = [];
  /** What happens to a batch after it was recorded. */
  fate: (messages: readonly OutgoingEvent[]) => Promise<void> = () => Promise.resolve();

  async publish(messages: readonly OutgoingEvent[]): Promise<void> {
    for (const { envelope, consumers, token } of messages) {
      const { id, tenant_id, data } = EventEnvelope.parse(envelope);
      this.published.push({ id, n: (data as { n: number }).n, tenant: tenant_id, consumers, token });
    }
    await this.fate(messages);
  }
}

class TestMinter extends EventTokenMinter {
  mint(principal: Principal): Promise<string> {
    return Promise.resolve(`signed for ${principal.tenant_id}`);
  }
}

let testDb: TestDatabase;
let admin: Client;
const apps: INestApplicationContext[] = [];

interface Process {
  readonly app: INestApplicationContext;
  readonly bus: Bus;
  readonly lines: string[];
}

async function startProcess(service: BackendService, bus = new Bus()): Promise<Process> {
  const lines: string[] = [];
  class App {}
  class TestBusModule {}
  const edges: DynamicModule = {
    module: TestBusModule,
    global: true,
    providers: [
      { provide: EventPublisher, useValue: bus },
      { provide: EventBell, useValue: { ring: (tenantId: string) => void bus.rings.push(tenantId) } },
      TestMinter,
    ],
    exports: [EventPublisher, EventBell, TestMinter],
  };
  const app = await NestFactory.createApplicationContext(
    {
      module: App,
      imports: [
        ConfigModule.forRoot(loadConfig([databaseConfig], testDb.environment(service))),
        ObservabilityModule.forRoot(Logger.to({ write: (line: string) => void lines.push(line) })),
        DatabaseModule.forRoot({ role: `svc_${service}`, entities: [] }),
        edges,
        OutboxModule.forRoot({ service, events: [happened], tokenMinter: TestMinter }),
      ],
    },
    { logger: false },
  );
  apps.push(app);
  return { app, bus, lines };
}

function as<T>(principal: Principal, work: () => Promise<T>): Promise<T> {
  const context = { requestId: 'r', trace: continueTrace(undefined), deadline: Date.now() + 20_000, principal };
  return runInContext(context, work);
}
const worker = (tenant_id: string): Principal => ({
  kind: 'worker',
  tenant_id,
  service: 'diagnostics',
  role: 'worker',
});

/** Appends events in one transaction of the tenant. */
function append({ app }: Process, tenant: string, ...numbers: number[]): Promise<void> {
  return as(worker(tenant), () =>
    app.get(Database).write(async (manager) => {
      for (const n of numbers) await app.get(Outbox).append(manager, happened, { n });
    }),
  );
}

function take({ app }: Process, message: { id: string; tenant: string }, work = () => Promise.resolve()) {
  const event = {
    id: message.id,
    type: happened.type,
    tenant_id: message.tenant,
    occurred_at: new Date().toISOString(),
    data: {},
  };
  return as(worker(message.tenant), () => app.get(Inbox).once(event, work));
}

const outboxRows = async () => (await admin.query('SELECT * FROM outbox ORDER BY id')).rows;
const inboxRows = async () => (await admin.query('SELECT * FROM inbox')).rows;
const numbers = (bus: Bus) => bus.published.map(({ n }) => n);

/** Moves the clock of the rows instead of waiting. */
async function later({ app }: Process, seconds: number): Promise<void> {
  await admin.query('UPDATE outbox SET published_at = published_at - make_interval(secs => $1)', [seconds]);
  app.get(OutboxRelay).poke();
}

beforeAll(async () => {
  testDb = await testDatabase();
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  await admin.query('INSERT INTO tenants (id, name) VALUES ($1, $1), ($2, $2)', [A, B]);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await admin.query('DELETE FROM outbox');
  await admin.query('DELETE FROM inbox');
});
afterAll(async () => {
  await admin?.end();
  await testDb?.drop();
});

describe('the outbox', () => {
  it('announces what was committed, right away and in order, signed for its tenant; what was rolled back never', async () => {
    const { app, bus } = await startProcess('diagnostics');
    const process = { app, bus, lines: [] };
    const failing = as(worker(A), () =>
      app.get(Database).write(async (manager) => {
        await app.get(Outbox).append(manager, happened, { n: 0 });
        throw new Error('rolled back');
      }),
    );
    await expect(failing).rejects.toThrow('rolled back');
    await append(process, A, 1, 2, 3);
    await append(process, B, 4);
    await waitFor(() => bus.published.length === 4);
    expect(bus.published.map(({ n, tenant, token }) => [n, tenant, token])).toEqual([
      [1, A, `signed for ${A}`],
      [2, A, `signed for ${A}`],
      [3, A, `signed for ${A}`],
      [4, B, `signed for ${B}`],
    ]);
    expect(bus.published[0]).toMatchObject({ id: expect.stringMatching(/^evt_[0-9a-f]{32}$/), consumers });
  });

  it('does not wait for its next round after a commit', async () => {
    const process = await startProcess('diagnostics');
    await append(process, A, 0);
    await waitFor(() => process.bus.published.length === 1);
    const start = performance.now();
    for (let n = 1; n <= 10; n++) {
      await append(process, A, n);
      await waitFor(() => process.bus.published.length === n + 1, { everyMs: 2 });
    }
    expect(performance.now() - start).toBeLessThan(5_000); // ten rounds of a second are ten seconds
  });

  it('refuses data that is not what the event says, and events of nobody', async () => {
    const { app } = await startProcess('diagnostics');
    const bad = as(worker(A), () =>
      app.get(Database).write((manager) => app.get(Outbox).append(manager, happened, { n: 'one' } as never)),
    );
    await expect(bad).rejects.toThrow(z.ZodError);
    const nobody = app.get(Database).write((manager) => app.get(Outbox).append(manager, happened, { n: 1 }));
    await expect(nobody).rejects.toThrow('needs a principal');
  });

  it('forgets an event only when every consumer took it, and until then publishes it again to those who did not', async () => {
    const [writer, ai, analytics] = [
      await startProcess('diagnostics'),
      await startProcess('ai'),
      await startProcess('analytics'),
    ];
    await append(writer, A, 1);
    const published = () => [writer, ai, analytics].flatMap(({ bus }) => bus.published);
    await waitFor(() => published().length === 1);
    const [message] = published();
    expect(await take(ai, message!)).toBe(true);
    await later(writer, 5);
    await waitFor(() => published().length === 2);
    expect(published()[1]).toMatchObject({ id: message!.id, consumers: ['analytics'] });
    expect(await take(analytics, message!)).toBe(true);
    await later(writer, 10);
    await waitFor(async () => (await outboxRows()).length === 0);
    expect(published()).toHaveLength(2);
  });

  it('puts attempts off by 5, 10, 20, 40 and then 60 s, for ever', async () => {
    const { app } = await startProcess('diagnostics');
    await app.get(OutboxRelay).beforeApplicationShutdown(); // the test claims by hand
    await append({ app, bus: new Bus(), lines: [] }, A, 1);
    const table = app.get(OutboxTable);
    const due = async (agoMs: number) => {
      await admin.query('UPDATE outbox SET published_at = now() - make_interval(secs => $1)', [agoMs / 1000]);
      return (await table.claimDue(10)).length === 1;
    };
    expect(await table.claimNew(10)).toHaveLength(1);
    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      expect(await due((seconds - 1) * 1000)).toBe(false);
      expect(await due(seconds * 1000)).toBe(true);
    }
    await admin.query('UPDATE outbox SET attempts = 2000000000');
    expect(await due(59_000)).toBe(false);
    expect(await due(60_000)).toBe(true);
  });

  it.each(['before', 'after'])(
    'loses nothing and doubles nothing when its process dies %s the bus had the event',
    async (when) => {
      const stuck = new Bus();
      let release!: () => void;
      const dead = new Promise<void>((resolve) => (release = resolve));
      stuck.fate = () => dead;
      const [dying, ai, analytics] = [
        await startProcess('diagnostics', stuck),
        await startProcess('ai'),
        await startProcess('analytics'),
      ];
      try {
        for (const { app } of [ai, analytics]) await app.get(OutboxRelay).beforeApplicationShutdown();
        await append(dying, A, 1);
        await waitFor(() => stuck.published.length === 1);
        const [message] = stuck.published;
        if (when === 'after') for (const consumer of [ai, analytics]) expect(await take(consumer, message!)).toBe(true);
        const heir = await startProcess('automation');
        await later(heir, 5);
        if (when === 'before') {
          await waitFor(() => heir.bus.published.length === 1);
          for (const consumer of [ai, analytics]) expect(await take(consumer, message!)).toBe(true);
          await later(heir, 10);
        }
        await waitFor(async () => (await outboxRows()).length === 0);
        expect(heir.bus.published.map(({ id }) => id)).toEqual(when === 'before' ? [message!.id] : []);
        expect(await inboxRows()).toHaveLength(2);
      } finally {
        release();
      }
    },
  );

  it('shows people what the kind of event lets them see, if it is committed, and rings for whom', async () => {
    const process = await startProcess('diagnostics');
    const seen = defineEvent({
      type: 'thing.seen',
      data: z.object({ n: z.number(), secret: z.string() }),
      consumers,
      shown: z.object({ n: z.number() }),
    });
    const outbox = process.app.get(Outbox);
    const write = (n: number, fault?: Error) =>
      as(worker(A), () =>
        process.app.get(Database).write(async (manager) => {
          await outbox.append(manager, seen, { n, secret: 'SN-1' });
          await outbox.append(manager, happened, { n });
          if (fault) throw fault;
        }),
      );
    await write(1);
    await expect(write(2, new Error('undone'))).rejects.toThrow();
    const { rows } = await admin.query(
      `SELECT f.tenant_id, f.type, f.data, f.event_id = o.event_id AS one_event, f.xact = o.xmin::text::bigint AS one_transaction
       FROM event_feed f JOIN outbox o USING (tenant_id, type)`,
    );
    expect(rows).toEqual([
      { tenant_id: A, type: 'thing.seen', data: { n: 1 }, one_event: true, one_transaction: true },
    ]);
    expect(process.bus.rings).toEqual([A]);
    await admin.query('DELETE FROM event_feed');
  });

  it('shares the work: many relays publish each event once', async () => {
    const processes = [await startProcess('diagnostics'), await startProcess('ai'), await startProcess('analytics')];
    const wanted = Array.from({ length: 300 }, (_, n) => n);
    await Promise.all([
      append(processes[0]!, A, ...wanted.slice(0, 150)),
      append(processes[1]!, B, ...wanted.slice(150)),
    ]);
    await waitFor(() => processes.flatMap(({ bus }) => numbers(bus)).length >= 300);
    expect(processes.flatMap(({ bus }) => numbers(bus)).sort((a, b) => a - b)).toEqual(wanted);
  });

  it('backs off while the bus is away, says so once, and catches up when it is back', async () => {
    const process = await startProcess('diagnostics');
    const { bus, lines } = process;
    let rounds = 0;
    bus.fate = () => {
      rounds += 1;
      return Promise.reject(new Error('the bus is away'));
    };
    const start = performance.now();
    for (let n = 1; n <= 20; n++) await append(process, A, n);
    await waitFor(() => rounds >= 2, { timeoutMs: 20_000 });
    expect(rounds).toBeLessThanOrEqual(1 + (performance.now() - start) / 2_000);
    await waitFor(async () =>
      (await outboxRows()).every(({ attempts, published_at }) => attempts === 0 && !published_at),
    );
    bus.published.length = 0;
    bus.fate = () => Promise.resolve();
    await waitFor(() => new Set(numbers(bus)).size === 20, { timeoutMs: 20_000 });
    await waitFor(() => lines.some((line) => line.includes('relayed again')));
    await waitFor(async () => (await outboxRows()).every(({ published_at }) => published_at !== null));
    expect(lines.filter((line) => /cannot be relayed|relayed again/.test(line))).toHaveLength(2);
  });

  it('leaves events alone that only a newer release knows, and says so once', async () => {
    const process = await startProcess('diagnostics');
    await admin.query(
      `INSERT INTO outbox (tenant_id, event_id, type, payload) VALUES ($1, 'evt_new', 'thing.reinvented', '{}')`,
      [A],
    );
    await append(process, A, 1);
    await waitFor(() => process.bus.published.length === 1);
    await testDb.untilReplicated();
    const upkeep = process.app.get(OutboxUpkeep);
    await upkeep.count();
    await upkeep.count();
    expect(process.lines.filter((line) => line.includes('thing.reinvented'))).toHaveLength(1);
    expect(await outboxRows()).toEqual([
      expect.objectContaining({ event_id: 'evt_new', published_at: null, attempts: 0 }),
      expect.objectContaining({ type: happened.type }),
    ]);
  });
});

describe('the inbox', () => {
  const message = { id: 'evt_1', tenant: A };

  it('lets an event take effect once for each consumer, however many deliveries race', async () => {
    const [ai, analytics] = [await startProcess('ai'), await startProcess('analytics')];
    let effects = 0;
    const effect = async () => void (effects += 1);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => take(ai, message, effect)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await take(analytics, message, effect)).toBe(true);
    expect(effects).toBe(2);
  });

  it('notes nothing when the work fails: the event may come again', async () => {
    const ai = await startProcess('ai');
    await expect(take(ai, message, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inboxRows()).toEqual([]);
    expect(await take(ai, message)).toBe(true);
  });

  it('refuses an event of another tenant than the signed one, and anybody but a worker', async () => {
    const { app } = await startProcess('ai');
    const event = { id: 'evt_1', type: happened.type, tenant_id: B, occurred_at: new Date().toISOString(), data: {} };
    const once = () => app.get(Inbox).once(event, () => Promise.resolve());
    await expect(as(worker(A), once)).rejects.toMatchObject({ code: 'forbidden' });
    const agent: Principal = { kind: 'agent', tenant_id: B, device_id: 'dev_1', role: 'agent' };
    await expect(as(agent, once)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(once()).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is cleared of what is older than a week, but never of an event that the outbox still holds', async () => {
    const ai = await startProcess('ai');
    await append(ai, A, 1);
    await waitFor(() => ai.bus.published.length > 0);
    const [held] = ai.bus.published;
    await take(ai, held!);
    await take(ai, { id: 'evt_old', tenant: A });
    await take(ai, { id: 'evt_old', tenant: B });
    await admin.query(`UPDATE inbox SET processed_at = now() - interval '8 days'`);
    await take(ai, { id: 'evt_young', tenant: A });
    await ai.app.get(OutboxUpkeep).purge();
    expect((await inboxRows()).map(({ event_id }) => event_id).sort()).toEqual([held!.id, 'evt_young'].sort());
  });
});
