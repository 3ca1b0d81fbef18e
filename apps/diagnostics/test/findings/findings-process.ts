import { randomBytes } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { auditDataConfig, AuditModule } from '@techze/audit';
import { ConfigModule, loadConfig } from '@techze/config';
import { newId, newUuid, type FindingNews, type Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { IdempotencyModule } from '@techze/idempotency';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { EventTokenMinter, OutboxModule } from '@techze/outbox';
import { pagingConfig } from '@techze/paging';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { EventBell, EventPublisher } from '@techze/transport';
import { Client } from 'pg';
import type { DiagnosticSight } from '../../src/findings/advance.js';
import { FindingTransitionRow } from '../../src/findings/finding-transition.entity.js';
import { FindingRow } from '../../src/findings/finding.entity.js';
import { FindingsModule } from '../../src/findings/findings.module.js';
import type { FindingHistory } from '../../src/findings/findings.repository.js';
import { FindingsService } from '../../src/findings/findings.service.js';
import { MaintenanceWindowRow } from '../../src/maintenance-windows/maintenance-window.entity.js';
import { scoreDiagnostic } from '../../src/scoring/index.js';

type Sections = Parameters<typeof scoreDiagnostic>[0];

class TestMinter extends EventTokenMinter {
  mint(): Promise<string> {
    return Promise.resolve('signed');
  }
}

/** The findings' part of a diagnostics process over a database of its own. */
export class FindingsProcess {
  private constructor(
    readonly app: INestApplicationContext,
    readonly admin: Client,
    private readonly testDb: TestDatabase,
  ) {}

  static async start(): Promise<FindingsProcess> {
    const testDb = await testDatabase();
    const admin = new Client({ connectionString: testDb.adminUrl() });
    await admin.connect();
    class App {}
    class Edges {}
    const environment = {
      ...testDb.environment('diagnostics'),
      CURSOR_KEY: randomBytes(32).toString('base64url'),
      AUDIT_DATA_KEY: randomBytes(32).toString('base64url'),
    };
    const app = await NestFactory.createApplicationContext(
      {
        module: App,
        imports: [
          ConfigModule.forRoot(loadConfig([auditDataConfig, databaseConfig, pagingConfig], environment)),
          ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
          DatabaseModule.forRoot({
            role: 'svc_diagnostics',
            entities: [FindingRow, FindingTransitionRow, MaintenanceWindowRow],
          }),
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
          IdempotencyModule.forRoot(),
          AuditModule.forRoot(),
          FindingsModule,
        ],
      },
      { logger: false },
    );
    return new FindingsProcess(app, admin, testDb);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.admin.end();
    await this.testDb.drop();
  }

  /** A machine of a tenant of its own. */
  async machine(tags: readonly string[] = []): Promise<Machine> {
    const tenantId = newId('tnt');
    await this.admin.query('insert into tenants (id, name) values ($1, $1)', [tenantId]);
    return this.machineOf(tenantId, tags);
  }

  async machineOf(tenantId: string, tags: readonly string[] = []): Promise<Machine> {
    const deviceId = newId('dev');
    await this.admin.query('insert into devices (tenant_id, id, tags) values ($1, $2, $3)', [tenantId, deviceId, tags]);
    return new Machine(this, tenantId, deviceId, tags);
  }

  async rows<Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, values)).rows;
  }

  /** Waits until the replica has what was written: sweeps look there. */
  untilReplicated(): Promise<void> {
    return this.testDb.untilReplicated();
  }
}

/** One machine whose diagnostics the test makes up. */
export class Machine {
  siteId: string | null = null;
  failsBeforeAlert = 1;
  policy: DiagnosticSight['policy'] = new Map();

  constructor(
    private readonly findings: FindingsProcess,
    readonly tenantId: string,
    readonly deviceId: string,
    readonly tags: readonly string[],
  ) {}

  /** Does `work` as the device's agent, or as a technician. */
  acting<T>(work: () => Promise<T>, who: 'agent' | 'technician' = 'agent'): Promise<T> {
    const { tenantId: tenant_id, deviceId: device_id } = this;
    const principal: Principal =
      who === 'agent'
        ? { kind: 'agent', tenant_id, device_id, role: 'agent' }
        : { kind: 'user', tenant_id, sub: newUuid(), sid: 'ses_test', role: 'technician' };
    const deadline = Date.now() + 20_000;
    return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, principal }, work);
  }

  /** Takes a diagnostic in as DiagnosticRecords does, as far as findings care: locked device, note, row, newest sight. */
  diagnose(sections: Sections, seenAt: Date, receivedAt = seenAt): Promise<Map<string, FindingHistory>> {
    const scoring = scoreDiagnostic(sections, seenAt, this.policy);
    const diagnosticId = newId('dgn');
    const { tenantId, deviceId } = this;
    return this.acting(() =>
      this.findings.app.get(Database).write(async (manager) => {
        const [device] = await manager.query<{ latest_collected_at: Date | null }[]>(
          'select latest_collected_at from devices where tenant_id = $1 and id = $2 for no key update',
          [tenantId, deviceId],
        );
        const histories = await this.findings.app.get(FindingsService).note(manager, {
          tenantId,
          deviceId,
          siteId: this.siteId,
          tags: this.tags,
          newestSeenAt: device?.latest_collected_at ?? null,
          diagnosticId,
          seenAt,
          receivedAt,
          scoring,
          policy: this.policy,
          failsBeforeAlert: () => this.failsBeforeAlert,
        });
        await manager.query(
          `insert into diagnostics (tenant_id, id, device_id, type, status, collected_at, seen_at, schema_version, readings)
           values ($1, $2, $3, 'full', 'completed', $4, $4, 1, $5)`,
          [tenantId, diagnosticId, deviceId, seenAt, JSON.stringify(scoring.readings)],
        );
        await manager.query(
          `update devices set latest_collected_at = greatest(latest_collected_at, $3) where tenant_id = $1 and id = $2`,
          [tenantId, deviceId, seenAt],
        );
        return histories;
      }),
    );
  }

  rows(): Promise<FindingRow[]> {
    return this.findings.rows<FindingRow>('select * from findings where device_id = $1 order by key', this.deviceId);
  }

  async only(): Promise<FindingRow> {
    const rows = await this.rows();
    if (rows.length !== 1) throw new Error(`there are ${rows.length} findings`);
    return rows[0]!;
  }

  /** Events of this tenant, in the order in which they were written: `opened seen FS_USED:/`. */
  async told(): Promise<string[]> {
    return (await this.news()).map(({ type, payload }) => `${type.slice(8)} ${payload.reason} ${payload.key}`);
  }

  news(): Promise<{ type: string; payload: FindingNews }[]> {
    return this.findings.rows('select type, payload from outbox where tenant_id = $1 order by id', this.tenantId);
  }

  async transitions(): Promise<string[]> {
    const rows = await this.findings.rows<{ from_state: string | null; to_state: string; reason: string }>(
      'select from_state, to_state, reason from finding_transitions where tenant_id = $1 order by id',
      this.tenantId,
    );
    return rows.map(({ from_state, to_state, reason }) => `${from_state ?? '-'} > ${to_state}: ${reason}`);
  }

  suppressions(): Promise<{ maintenance_window_id: string; event_type: string; severity: string; title: string }[]> {
    return this.findings.rows(
      'select maintenance_window_id, event_type, severity, title from suppressions where tenant_id = $1 order by id',
      this.tenantId,
    );
  }

  /** A window of this tenant. */
  async window(columns: Readonly<Record<string, unknown>>): Promise<string> {
    const row = { tenant_id: this.tenantId, id: newId('mtw'), name: 'Window', ...columns };
    const names = Object.keys(row);
    await this.findings.rows(
      `insert into maintenance_windows (${names.join(', ')}) values (${names.map((_name, index) => `$${index + 1}`).join(', ')})`,
      ...Object.values(row),
    );
    return row.id;
  }
}
