import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { newUuid, type Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { asTenantWorker } from '../../src/devices/as-tenant-worker.js';

let testDb: TestDatabase;
let app: INestApplicationContext;
let database: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  const admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  await admin.query(
    `insert into devices (tenant_id, id) values ('tnt_a', 'dev_1'), ('tnt_a', 'dev_2'), ('tnt_b', 'dev_3')`,
  );
  await admin.end();
  class App {}
  app = await NestFactory.createApplicationContext(
    {
      module: App,
      imports: [
        ConfigModule.forRoot(loadConfig([databaseConfig], testDb.environment('diagnostics'))),
        ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
        DatabaseModule.forRoot({ role: 'svc_diagnostics', entities: [] }),
      ],
    },
    { logger: false },
  );
  database = app.get(Database);
});
afterAll(async () => {
  await app.close();
  await testDb.drop();
});

/** One transaction of the agent that lives on dev_1. */
function asAgent<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const principal: Principal = { kind: 'agent', tenant_id: 'tnt_a', device_id: 'dev_1', role: 'agent' };
  const context = { requestId: newUuid(), trace: continueTrace(undefined), deadline: Date.now() + 10_000, principal };
  return runInContext(context, () => database.write(work));
}

async function visible(manager: EntityManager): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>('select id from devices order by id');
  return rows.map(({ id }) => id);
}

test('an agent’s transaction sees its tenant, and no other, for as long as the work lasts', async () => {
  const seen = await asAgent(async (manager) => [
    await visible(manager),
    await asTenantWorker(manager, 'tnt_a', () => visible(manager)),
    await visible(manager),
  ]);
  expect(seen).toEqual([['dev_1'], ['dev_1', 'dev_2'], ['dev_1']]);
  expect(await asAgent(visible)).toEqual(['dev_1']);
});

test('work that fails leaves the agent with no more than it had', async () => {
  const boom = () => Promise.reject(new Error('boom'));
  const broken = (manager: EntityManager) => manager.query('select 1 / 0');
  const seen = await asAgent(async (manager) => {
    const after = [];
    for (const work of [boom, () => broken(manager)]) {
      await manager.transaction((nested) => asTenantWorker(nested, 'tnt_a', work)).catch((error: unknown) => error);
      after.push(await visible(manager));
    }
    return after;
  });
  expect(seen).toEqual([['dev_1'], ['dev_1']]);
  await expect(asAgent((manager) => asTenantWorker(manager, 'tnt_a', boom))).rejects.toThrow('boom');
  expect(await asAgent(visible)).toEqual(['dev_1']);
});
