import { Controller, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ConfigModule, loadConfig } from '@techze/config';
import { defineEvent, Problem, type BackendService, type EventEnvelope, type Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, currentContext, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { startRedis, testDatabase, waitFor, type RedisServer, type TestDatabase } from '@techze/testing';
import {
  ContextVerifier,
  EventPublisher,
  HandlesEvent,
  RedisStreamsServer,
  transportConfig,
  TransportModule,
} from '@techze/transport';
import { Client } from 'pg';
import { createClient } from 'redis';
import { z } from 'zod';
import { EventTokenMinter, Inbox, Outbox, OutboxModule } from '../src/index.js';

const A = 'tnt_a';
const consumers: BackendService[] = ['ai', 'analytics'];
const happened = defineEvent({ type: 'thing.happened', data: z.object({ n: z.number() }), consumers, shown: null });

const worker = (tenant_id: string): Principal => ({
  kind: 'worker',
  tenant_id,
  service: 'diagnostics',
  role: 'worker',
});

/** Signs and believes without keys: the auth lib has its own tests. */
class TestTokens extends EventTokenMinter implements ContextVerifier {
  mint({ tenant_id }: Principal): Promise<string> {
    return Promise.resolve(`signed:${tenant_id}`);
  }
  verify(token: string): Promise<Principal> {
    const [, tenant] = token.split('signed:');
    return tenant ? Promise.resolve(worker(tenant)) : Promise.reject(new Problem('invalid-token'));
  }
}

interface Delivery {
  readonly service: BackendService;
  readonly n: number;
  readonly tenant: string | undefined;
  readonly traceId: string | undefined;
}

let testDb: TestDatabase;
let admin: Client;
let redis: RedisServer;
let commands: ReturnType<typeof createClient>;
const apps: INestApplication[] = [];
const effects: Delivery[] = [];
let deliveries = 0;

function consumerOf(service: BackendService) {
  @Controller()
  class ThingsController {
    constructor(private readonly inbox: Inbox) {}

    @HandlesEvent(happened)
    async take(event: EventEnvelope<{ n: number }>): Promise<void> {
      deliveries += 1;
      const { principal, trace } = currentContext() ?? {};
      await this.inbox.once(event, async (manager) => {
        await manager.query('SELECT 1');
        effects.push({ service, n: event.data.n, tenant: principal?.tenant_id, traceId: trace?.traceId });
      });
    }
  }
  return ThingsController;
}

async function startService(service: BackendService): Promise<INestApplication> {
  class App {}
  class Tokens {}
  const tokens: DynamicModule = {
    module: Tokens,
    global: true,
    providers: [TestTokens, { provide: ContextVerifier, useExisting: TestTokens }],
    exports: [TestTokens, ContextVerifier],
  };
  const environment = { ...testDb.environment(service), REDIS_URL: redis.url };
  const app = await NestFactory.create(
    {
      module: App,
      imports: [
        ConfigModule.forRoot(loadConfig([databaseConfig, transportConfig], environment)),
        ObservabilityModule.forRoot(Logger.to({ write: () => {} })),
        DatabaseModule.forRoot({ role: `svc_${service}`, entities: [] }),
        TransportModule.forRoot({ service }),
        tokens,
        OutboxModule.forRoot({ service, events: [happened], tokenMinter: TestTokens }),
      ],
      controllers: consumers.includes(service) ? [consumerOf(service)] : [],
    },
    new FastifyAdapter(),
    { logger: false },
  );
  apps.push(app);
  app.connectMicroservice({ strategy: app.get(RedisStreamsServer) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return app;
}

async function append(app: INestApplication, ...numbers: number[]): Promise<string> {
  const trace = continueTrace(undefined);
  const context = { requestId: 'r', trace, deadline: Date.now() + 20_000, principal: worker(A) };
  await runInContext(context, () =>
    app.get(Database).write(async (manager) => {
      for (const n of numbers) await app.get(Outbox).append(manager, happened, { n });
    }),
  );
  return trace.traceId;
}

const pending = async () => (await admin.query('SELECT * FROM outbox')).rows;
const effectsOf = (service: BackendService) =>
  effects
    .filter((effect) => effect.service === service)
    .map(({ n }) => n)
    .sort((a, b) => a - b);
/** Moves the clock of the rows instead of waiting; the relays look every second. */
const aMinuteLater = () => admin.query(`UPDATE outbox SET published_at = published_at - interval '1 minute'`);

async function untilDone(numbers: number[]): Promise<void> {
  for (const service of consumers)
    await waitFor(() => effectsOf(service).length >= numbers.length, { timeoutMs: 20_000 });
  await aMinuteLater();
  await waitFor(async () => (await pending()).length === 0, { timeoutMs: 20_000 });
  for (const service of consumers) expect(effectsOf(service)).toEqual(numbers);
}

beforeAll(async () => {
  [testDb, redis] = await Promise.all([testDatabase(), startRedis()]);
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  await admin.query('INSERT INTO tenants (id, name) VALUES ($1, $1)', [A]);
  commands = createClient({ url: redis.url });
  commands.on('error', () => {});
  await commands.connect();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await admin.query('DELETE FROM outbox');
  await commands.flushAll();
  effects.length = 0;
  deliveries = 0;
});
afterAll(async () => {
  commands?.destroy();
  await admin?.end();
  await Promise.all([testDb?.drop(), redis?.destroy()]);
});

describe('events over the real bus', () => {
  it('reach every consumer, in the context of their tenant and trace, and are then forgotten', async () => {
    const [writer] = [await startService('diagnostics'), await startService('ai'), await startService('analytics')];
    const traceId = await append(writer, 1);
    await untilDone([1]);
    expect(effects).toEqual(
      expect.arrayContaining(consumers.map((service) => ({ service, n: 1, tenant: A, traceId }))),
    );
  });

  it('take effect once however often they are delivered', async () => {
    const [writer] = [await startService('diagnostics'), await startService('ai'), await startService('analytics')];
    await startService('ai');
    await append(writer, 1);
    await waitFor(() => effects.length === 2);
    const [{ event_id: id, created_at }] = await pending();
    const envelope = { id, type: happened.type, tenant_id: A, occurred_at: created_at.toISOString(), data: { n: 1 } };
    const copies = Array.from({ length: 20 }, () => ({ envelope, consumers, token: `signed:${A}` }));
    await writer.get(EventPublisher).publish(copies);
    await waitFor(() => deliveries >= 42);
    await untilDone([1]);
  });

  it('survive FLUSHALL before anybody read them', async () => {
    const writer = await startService('diagnostics');
    await append(writer, 1, 2, 3);
    await waitFor(async () => (await pending()).every(({ published_at }) => published_at !== null));
    await waitFor(() => commands.exists('tz:{ai}:events'));
    await commands.flushAll();
    await startService('ai');
    await startService('analytics');
    await aMinuteLater();
    await untilDone([1, 2, 3]);
  });

  it('survive a Redis that is gone while they are written, and one that comes back empty', async () => {
    const [writer] = [await startService('diagnostics'), await startService('ai'), await startService('analytics')];
    await append(writer, 1);
    await waitFor(() => effects.length === 2);
    await redis.kill();
    await append(writer, 2, 3);
    await redis.start();
    await untilDone([1, 2, 3]);
  });

  it('do not keep a process from ending while Redis hangs', async () => {
    const writer = await startService('diagnostics');
    await append(writer, 1);
    await waitFor(() => commands.exists('tz:{ai}:events'));
    await admin.query('DELETE FROM outbox');
    process.kill(redis.pid ?? NaN, 'SIGSTOP');
    try {
      await append(writer, 2);
      await waitFor(async () => (await pending()).every(({ attempts }) => attempts === 1));
      const start = performance.now();
      await writer.close();
      expect(performance.now() - start).toBeLessThan(10_000);
    } finally {
      process.kill(redis.pid ?? NaN, 'SIGCONT');
    }
    expect(await pending()).toEqual([expect.objectContaining({ published_at: null, attempts: 0 })]);
  });
});
