import { randomBytes } from 'node:crypto';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { auditDataConfig, AuditModule } from '@techze/audit';
import { ConfigModule, loadConfig } from '@techze/config';
import {
  diagnosticCompleted,
  diagnosticDeleted,
  newId,
  newUuid,
  Problem,
  type BackendService,
  type Measurement,
  type Principal,
} from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { IdempotencyModule } from '@techze/idempotency';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { EventTokenMinter, Outbox, OutboxModule } from '@techze/outbox';
import { pagingConfig } from '@techze/paging';
import { startRedis, testDatabase, waitFor, type RedisServer, type TestDatabase } from '@techze/testing';
import { ContextVerifier, RedisStreamsServer, transportConfig, TransportModule } from '@techze/transport';
import { Client } from 'pg';
import { AnomaliesModule } from '../src/anomalies/anomalies.module.js';
import { AnomalyRow } from '../src/anomalies/anomaly.entity.js';

/** Signs and believes without keys: the auth lib has its own tests. */
class TestTokens extends EventTokenMinter implements ContextVerifier {
  mint({ tenant_id }: Principal): Promise<string> {
    return Promise.resolve(`signed:${tenant_id}`);
  }
  verify(token: string): Promise<Principal> {
    const [, tenant] = token.split('signed:');
    return tenant ? Promise.resolve(workerOf(tenant)) : Promise.reject(new Problem('invalid-token'));
  }
}

const workerOf = (tenant_id: string): Principal => ({
  kind: 'worker',
  tenant_id,
  service: 'diagnostics',
  role: 'worker',
});

export interface Sent {
  readonly id: string;
  readonly at: number;
  readonly measurements: readonly Measurement[];
}

/** Replicas of the ai service's anomalies, and a service that writes diagnostics, over a database and a Redis of their own. */
export class AiProcesses {
  readonly replicas: INestApplication[] = [];
  private readonly secrets = {
    CURSOR_KEY: randomBytes(32).toString('base64url'),
    AUDIT_DATA_KEY: randomBytes(32).toString('base64url'),
  };

  private constructor(
    readonly admin: Client,
    private readonly testDb: TestDatabase,
    private readonly redis: RedisServer,
    private writer: INestApplication | undefined,
  ) {}

  static async start(replicas: number): Promise<AiProcesses> {
    const [testDb, redis] = await Promise.all([testDatabase(), startRedis()]);
    const admin = new Client({ connectionString: testDb.adminUrl() });
    await admin.connect();
    const processes = new AiProcesses(admin, testDb, redis, undefined);
    processes.writer = await processes.app('diagnostics', []);
    while (processes.replicas.length < replicas)
      processes.replicas.push(
        await processes.app('ai', [IdempotencyModule.forRoot(), AuditModule.forRoot(), AnomaliesModule]),
      );
    return processes;
  }

  async stop(): Promise<void> {
    for (const app of [...this.replicas, this.writer]) await app?.close();
    await this.admin.end();
    await Promise.all([this.testDb.drop(), this.redis.destroy()]);
  }

  async rows<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, values)).rows;
  }

  /** A device of a tenant of its own, or of one that there is. */
  async device(tenantId?: string, model: string | null = null): Promise<TestDevice> {
    const tenant = tenantId ?? newId('tnt');
    if (tenantId === undefined) await this.admin.query('insert into tenants (id, name) values ($1, $1)', [tenant]);
    const deviceId = newId('dev');
    await this.admin.query(`insert into devices (tenant_id, id, model, os) values ($1, $2, $3, 'Linux')`, [
      tenant,
      deviceId,
      model,
    ]);
    return new TestDevice(this, tenant, deviceId);
  }

  /** A provider of the first replica, or of another one. */
  get<Of>(token: abstract new (...args: never[]) => Of, replica = 0): Of {
    const app = this.replicas[replica];
    if (!app) throw new Error('there is no such replica');
    return app.get<Of>(token);
  }

  /** Writes as the diagnostics service does. */
  write(
    tenantId: string,
    work: (outbox: Outbox, manager: Parameters<Outbox['append']>[0]) => Promise<void>,
  ): Promise<void> {
    const app = this.writer;
    if (!app) throw new Error('not started');
    return acting(workerOf(tenantId), () => app.get(Database).write((manager) => work(app.get(Outbox), manager)));
  }

  private async app(service: BackendService, features: DynamicModule['imports'] = []): Promise<INestApplication> {
    class App {}
    class Tokens {}
    const tokens: DynamicModule = {
      module: Tokens,
      global: true,
      providers: [TestTokens, { provide: ContextVerifier, useExisting: TestTokens }],
      exports: [TestTokens, ContextVerifier],
    };
    const sections = [databaseConfig, transportConfig, pagingConfig, auditDataConfig];
    const environment = { ...this.testDb.environment(service), ...this.secrets, REDIS_URL: this.redis.url };
    const app = await NestFactory.create(
      {
        module: App,
        imports: [
          ConfigModule.forRoot(loadConfig(sections, environment)),
          ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
          DatabaseModule.forRoot({ role: `svc_${service}`, entities: service === 'ai' ? [AnomalyRow] : [] }),
          TransportModule.forRoot({ service }),
          tokens,
          // What automation and analytics would take stays in the outbox, where the test reads it.
          OutboxModule.forRoot({
            service,
            events: [diagnosticCompleted, diagnosticDeleted].map((event) => ({ ...event, consumers: ['ai'] as const })),
            tokenMinter: TestTokens,
          }),
          ...features,
        ],
      },
      new FastifyAdapter(),
      { logger: false },
    );
    app.connectMicroservice({ strategy: app.get(RedisStreamsServer) }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    return app.init();
  }
}

/** Does `work` as somebody. */
export function acting<T>(principal: Principal, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 20_000;
  return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, principal }, work);
}

/** A device whose diagnostics the test makes up. */
export class TestDevice {
  constructor(
    private readonly processes: AiProcesses,
    readonly tenantId: string,
    readonly deviceId: string,
  ) {}

  get person(): Principal {
    return { kind: 'user', tenant_id: this.tenantId, sub: newUuid(), sid: 'ses_test', role: 'technician' };
  }

  /** Stores diagnostics in one transaction each, and announces them in the order given. */
  async send(
    diagnostics: readonly Omit<Sent, 'id'>[],
    announced: (index: number) => number = (index) => index,
  ): Promise<Sent[]> {
    const sent = diagnostics.map((each) => ({ ...each, id: newId('dgn') }));
    for (const each of sent) await this.store(each);
    for (let index = 0; index < sent.length; index += 1) await this.announce(sent[announced(index)]!);
    return sent;
  }

  /** As if the event of the newest had overtaken the others: it scores them all, and costs one transaction. */
  async sendAtOnce(diagnostics: readonly Omit<Sent, 'id'>[]): Promise<void> {
    const sent = diagnostics.map((each) => ({ ...each, id: newId('dgn') }));
    for (const each of sent) await this.store(each);
    await this.announce(sent.at(-1)!);
  }

  async store({ id, at, measurements }: Sent): Promise<void> {
    await this.processes.rows(
      `insert into diagnostics (tenant_id, id, device_id, type, status, collected_at, seen_at, schema_version)
       values ($1, $2, $3, 'full', 'completed', $4, $4, 1)`,
      ...[this.tenantId, id, this.deviceId, new Date(at)],
    );
    await this.processes.rows(
      `insert into measurements (tenant_id, device_id, diagnostic_id, at, metric, instance, value)
       select $1, $2, $3, $4, s.* from unnest($5::text[], $6::text[], $7::float8[]) s`,
      ...[this.tenantId, this.deviceId, id, new Date(at)],
      ...[measurements.map(({ metric }) => metric), measurements.map(({ instance }) => instance)],
      measurements.map(({ value }) => value),
    );
  }

  announce({ id, at, measurements }: Sent): Promise<void> {
    const seen_at = new Date(at).toISOString();
    return this.processes.write(this.tenantId, (outbox, manager) =>
      outbox.append(manager, diagnosticCompleted, {
        ...{ diagnostic_id: id, device_id: this.deviceId, type: 'full', collected_at: seen_at, seen_at },
        ...{ score: 100, band: 'healthy', coverage: 1, scoring_version: '1', requested: false },
        measurements: [...measurements],
      }),
    );
  }

  async remove({ id, at, measurements }: Sent): Promise<void> {
    await this.processes.rows('delete from measurements where diagnostic_id = $1', id);
    await this.processes.rows('delete from diagnostics where id = $1', id);
    await this.processes.write(this.tenantId, (outbox, manager) =>
      outbox.append(manager, diagnosticDeleted, {
        ...{ diagnostic_id: id, device_id: this.deviceId, type: 'full', status: 'completed' },
        ...{ seen_at: new Date(at).toISOString(), score: 100, band: 'healthy', measurements: [...measurements] },
      }),
    );
  }

  /** Until every event was taken. */
  async settled(): Promise<void> {
    await waitFor(
      async () => {
        const [row] = await this.processes.rows<{ left: number }>(
          `select count(*)::int as left from outbox o where tenant_id = $1 and type like 'diagnostic.%'
             and not exists (select from inbox i where i.tenant_id = o.tenant_id and i.event_id = o.event_id)`,
          this.tenantId,
        );
        return row?.left === 0;
      },
      { timeoutMs: 20_000 },
    );
  }

  anomalies(): Promise<AnomalyRow[]> {
    return this.processes.rows<AnomalyRow>(
      'select * from anomalies where device_id = $1 order by start_at, id',
      this.deviceId,
    );
  }

  /** What was announced, in the order in which it was written. */
  async told(): Promise<{ anomaly_id: string; metric: string; kind: string }[]> {
    const rows = await this.processes.rows<{ payload: { anomaly_id: string; metric: string; kind: string } }>(
      `select payload from outbox where tenant_id = $1 and type = 'anomaly.detected' order by id`,
      this.tenantId,
    );
    return rows.map(({ payload }) => payload);
  }

  states(): Promise<{ series: string; rows: number; last_at: Date; state: string }[]> {
    return this.processes.rows(
      `select metric || ':' || instance as series, version, rows, last_at, last_value, md5(state || silence) as state
       from metric_states where device_id = $1 order by 1`,
      this.deviceId,
    );
  }

  counts(): Promise<{ at: Date; samples: number; scored: number; anomalous: number }[]> {
    return this.processes.rows(
      'select at, samples, scored, anomalous from scored_diagnostics where device_id = $1 order by at',
      this.deviceId,
    );
  }
}
