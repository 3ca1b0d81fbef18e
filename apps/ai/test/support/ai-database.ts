import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { newId, newUuid } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule, type DatabaseSession } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';

export interface Place {
  readonly tenantId: string;
  readonly deviceId: string;
}

/** A database of its own as the ai service sees it, and as an administrator does. */
export class AiDatabase {
  private constructor(
    private readonly database: TestDatabase,
    readonly admin: Client,
    private readonly app: INestApplicationContext,
  ) {}

  static async start(): Promise<AiDatabase> {
    const database = await testDatabase();
    const admin = new Client({ connectionString: database.adminUrl() });
    await admin.connect();
    class App {}
    const app = await NestFactory.createApplicationContext(
      {
        module: App,
        imports: [
          ConfigModule.forRoot(loadConfig([databaseConfig], database.environment('ai'))),
          ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
          DatabaseModule.forRoot({ role: 'svc_ai', entities: [] }),
        ],
      },
      { logger: false },
    );
    return new AiDatabase(database, admin, app);
  }

  /** Somebody of that tenant, who sees at once what the administrator wrote. */
  somebody(tenantId: string): Pick<DatabaseSession, 'read'> {
    const session = this.app.get(Database).as({ role: 'service', claims: { tenant_id: tenantId, role: 'viewer' } });
    const context = { requestId: newUuid(), trace: continueTrace(undefined), readPrimary: true };
    return { read: (work) => runInContext({ ...context, deadline: Date.now() + 60_000 }, () => session.read(work)) };
  }

  async newDevice(tenantId = newId('tnt')): Promise<Place> {
    const deviceId = newId('dev');
    await this.admin.query('insert into tenants (id, name) values ($1, $1) on conflict do nothing', [tenantId]);
    await this.admin.query(`insert into devices (tenant_id, id, model, os) values ($1, $2, 'X1', 'Linux')`, [
      tenantId,
      deviceId,
    ]);
    return { tenantId, deviceId };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.admin.end();
    await this.database.drop();
  }
}
