import { randomBytes, randomUUID } from 'node:crypto';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { newId, newUuid, type CreateDiagnostic, type Diagnostic, type Principal } from '@techze/contracts';
import { databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext, type RequestContext } from '@techze/observability';
import { EventTokenMinter, OutboxModule } from '@techze/outbox';
import { startRedis, testDatabase, type RedisServer, type TestDatabase } from '@techze/testing';
import { EventBell, EventPublisher } from '@techze/transport';
import { Client } from 'pg';
import { diagnostics } from '../../src/app.definition.js';
import { DiagnosticIntake } from '../../src/diagnostics/diagnostic-intake.service.js';

class TestMinter extends EventTokenMinter {
  mint(): Promise<string> {
    return Promise.resolve('signed');
  }
}

/** Replicas of the diagnostics service over a database and a Redis of their own, without the transport. */
export class DiagnosticsProcesses {
  private constructor(
    private readonly apps: readonly INestApplicationContext[],
    readonly admin: Client,
    private readonly testDb: TestDatabase,
    private readonly redis: RedisServer,
  ) {}

  static async start(replicas = 1): Promise<DiagnosticsProcesses> {
    const [testDb, redis] = await Promise.all([testDatabase(), startRedis()]);
    const admin = new Client({ connectionString: testDb.adminUrl() });
    await admin.connect();
    const environment = {
      ...testDb.environment('diagnostics'),
      CURSOR_KEY: randomBytes(32).toString('base64url'),
      AUDIT_DATA_KEY: randomBytes(32).toString('base64url'),
      REDIS_URL: redis.url,
    };
    class App {}
    class Edges {}
    const [_delivery, ...features] = diagnostics.features;
    const start = () =>
      NestFactory.createApplicationContext(
        {
          module: App,
          imports: [
            ConfigModule.forRoot(loadConfig([databaseConfig, ...(diagnostics.sections ?? [])], environment)),
            ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
            DatabaseModule.forRoot(diagnostics.database),
            {
              module: Edges,
              global: true,
              providers: [
                { provide: EventPublisher, useValue: {} },
                { provide: EventBell, useValue: { ring: () => undefined } },
                TestMinter,
              ],
              exports: [EventPublisher, EventBell, TestMinter],
            },
            // Relays no kind of event: they stay in the outbox, where the test reads them.
            OutboxModule.forRoot({ service: 'diagnostics', events: [], tokenMinter: TestMinter }),
            ...features,
          ],
        },
        { logger: false },
      );
    const apps = await Promise.all(Array.from({ length: replicas }, start));
    return new DiagnosticsProcesses(apps, admin, testDb, redis);
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await this.admin.end();
    await Promise.all([this.testDb.drop(), this.redis.destroy()]);
  }

  /** A part of one of the replicas. */
  get<Part>(part: Type<Part>, replica = 0): Part {
    const app = this.apps[replica];
    if (!app) throw new Error(`there is no replica ${replica}`);
    return app.get(part);
  }

  async rows<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, values)).rows;
  }

  async tenant(): Promise<string> {
    const tenantId = newId('tnt');
    await this.rows('insert into tenants (id, name) values ($1, $1)', tenantId);
    return tenantId;
  }

  async device(tenantId: string): Promise<string> {
    const deviceId = newId('dev');
    await this.rows('insert into devices (tenant_id, id) values ($1, $2)', tenantId, deviceId);
    return deviceId;
  }

  /** Waits until the replica has what was written: sweeps look there. */
  untilReplicated(): Promise<void> {
    return this.testDb.untilReplicated();
  }

  /** Takes a diagnostic in as one of the replicas would. */
  async post(principal: Principal, body: Partial<CreateDiagnostic>, replica = 0): Promise<Diagnostic> {
    const { diagnostic } = await as(principal, () => this.get(DiagnosticIntake, replica).create(diagnosticOf(body)));
    return diagnostic;
  }
}

/** Does `work` as a request of that principal. */
export function as<T>(principal: Principal, work: () => Promise<T>, changes: Partial<RequestContext> = {}): Promise<T> {
  const deadline = Date.now() + 20_000;
  return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, principal, ...changes }, work);
}

export const technician = (tenant_id: string): Principal => ({
  kind: 'user',
  tenant_id,
  sub: newUuid(),
  sid: 'ses_test',
  role: 'technician',
});
export const agent = (tenant_id: string, device_id: string): Principal => ({
  kind: 'agent',
  tenant_id,
  device_id,
  role: 'agent',
});
export const worker = (tenant_id: string): Principal => ({
  kind: 'worker',
  tenant_id,
  service: 'automation',
  role: 'worker',
});

/** What a POST of it takes; a device of its own unless `changes` say otherwise. */
export function diagnosticOf(changes: Partial<CreateDiagnostic>): CreateDiagnostic {
  return {
    ...(changes.device_id === undefined && { device: { serial: `SN-${randomUUID()}` } }),
    type: 'full',
    collected_at: new Date().toISOString(),
    schema_version: 1,
    tags: [],
    sections: { cpu: { status: 'ok', data: { currentLoad: 12.5 } } },
    ...changes,
  };
}
