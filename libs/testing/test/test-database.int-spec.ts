import { Client } from 'pg';
import { testDatabase } from '@techze/testing';

test('a test database is there on primary and replica at once, and is its own', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  expect(one.name).not.toBe(other.name);
  for (const node of ['primary', 'replica'] as const) {
    const client = new Client({ connectionString: one.adminUrl(node) });
    await client.connect();
    const { rows } = await client.query('select current_database() as name, pg_is_in_recovery() as standby');
    expect(rows).toEqual([{ name: one.name, standby: node === 'replica' }]);
    await client.end();
  }
  await Promise.all([one.drop(), other.drop()]);
});

test('each service can log in to it', async () => {
  const database = await testDatabase();
  for (const { host, port } of database.nodes) {
    const client = new Client({ host, port, database: database.name, ...database.login('diagnostics') });
    await client.connect();
    expect((await client.query('select current_user as name')).rows).toEqual([{ name: 'techze_diagnostics' }]);
    await client.end();
  }
  await database.drop();
});
