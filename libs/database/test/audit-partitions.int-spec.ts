import { prepareCluster } from '@techze/database';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import type { QueryRunner } from 'typeorm';
import { AuditBounds1795700003001 } from '../src/migrations/1795700003001-audit-bounds.migration.js';
import { migrations } from '../src/migrations/index.js';

let testDb: TestDatabase;
let client: Client;

beforeAll(async () => {
  testDb = await testDatabase({ migrated: false });
  client = new Client({ connectionString: testDb.adminUrl() });
  await client.connect();
  await prepareCluster(testDb.adminUrl(), {});
});
afterAll(async () => {
  await client?.end();
  await testDb?.drop();
});

const run = async (from: number, to: number) => {
  await client.query('set role techze_owner; set row_security to off');
  const runner = { query: (sql: string) => client.query(sql) } as unknown as QueryRunner;
  for (const Migration of migrations.slice(from, to)) {
    await client.query('begin');
    await new Migration().up(runner);
    await client.query('commit');
  }
  await client.query('reset role; reset row_security');
};

test('what was recorded before becomes the first partition: no row is lost, none is moved, none is read under its lock', async () => {
  const bounds = migrations.indexOf(AuditBounds1795700003001);
  await client.query('set role techze_owner; create table migrations (); reset role');
  await run(0, bounds);
  await client.query(`
    insert into audit_events (tenant_id, id, actor_type, event_type, success, timestamp, details)
      select 'tnt_a', 'aud_' || nth, 'user', 'LOGOUT', true, now() - make_interval(days => nth), '{"n": 1.0}' from generate_series(0, 999) nth;
    delete from audit_unsealed where event_id <> 'aud_7';
    insert into audit_seals (tenant_id, sequence, event_id, batch, leaf)
      select 'tnt_a', row_number() over (), id, 1, '\\x00' from audit_events where id <> 'aud_7'`);
  const contents = async () => (await client.query('select * from audit_events order by id')).rows;
  const storage = async () =>
    (await client.query(`select distinct pg_relation_filenode(tableoid)::int as file from audit_events`)).rows;
  const before = [await contents(), await storage()];
  const log: string[] = [];
  client.on('notice', ({ message }) => log.push(message ?? ''));
  await client.query('set client_min_messages = debug1');
  await run(bounds, migrations.length);
  await client.query('reset client_min_messages');
  for (const table of ['audit_events', 'audit_seals'])
    expect(log).toContainEqual(
      expect.stringMatching(`^partition constraint for table "${table}_[0-9]{6}" is implied by existing constraints$`),
    );
  expect([await contents(), await storage()]).toEqual(before);
  const { rows } = await client.query(
    `select e.id from audit_unsealed u join audit_events e on e.tenant_id = u.tenant_id and e.id = u.event_id and e.timestamp = u.recorded_at`,
  );
  expect(rows).toEqual([{ id: 'aud_7' }]);
  expect((await client.query('select from audit_seals where sealed_at is not null')).rowCount).toBe(999);
  expect((await client.query(`select from pg_constraint where conname ~ '_first$'`)).rowCount).toBe(0);
  for (const table of ['audit_events', 'audit_seals'])
    await expect(client.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
}, 60_000);
