import { Client } from 'pg';
import { testDatabase, type TestDatabase } from '@techze/testing';
import type { Database } from '@techze/database';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { insertion, sampleRows, userId } from './support/sample-rows.js';

let fresh: TestDatabase;
let gateway: OpenDatabase;
let diagnostics: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  gateway = await openDatabase(fresh.environment('gateway'), { role: 'svc_identity' });
  diagnostics = await openDatabase(fresh.environment('diagnostics'));
  await insert(gateway.database, ['tenants', 'users', 'sessions', 'refresh_tokens', 'audit_events']);
  await insert(diagnostics.database, [
    'devices',
    'enrollment_tokens',
    'device_credentials',
    'diagnostics',
    'diagnostic_sections',
    'findings',
  ]);
});
afterAll(async () => {
  await Promise.all([gateway.close(), diagnostics.close()]);
  await fresh.drop();
});

const TENANT = 'tnt_a';
const admin = { tenant_id: TENANT, role: 'admin' };
const self = { tenant_id: TENANT, role: 'viewer', sub: userId(TENANT) };
const refused = expect.objectContaining({ code: '42501' });

async function insert(database: Database, tables: string[]): Promise<void> {
  await database.as({ role: 'service', claims: admin }).write(async (manager) => {
    for (const table of tables) {
      const { text, values } = insertion(table, sampleRows[table]?.(TENANT, 1) ?? {});
      await manager.query(text, values);
    }
  });
}

function run(open: OpenDatabase, claims: Record<string, unknown> | null, sql: string, values: unknown[] = []) {
  return open.database
    .as({ role: 'service', claims })
    .write((manager) => manager.query<Record<string, unknown>[]>(sql, values));
}

describe('log-in', () => {
  const lookUp = 'select * from auth.account_lookup($1)';

  test('finds a user by e-mail while nobody is known, and only then', async () => {
    expect(await run(gateway, null, lookUp, ['user-1@tnt_a.example'])).toEqual([
      {
        id: userId(TENANT),
        tenant_id: TENANT,
        email: 'user-1@tnt_a.example',
        name: 'User',
        role: 'viewer',
        password_hash: 'none',
        disabled_at: null,
        password_changed_at: expect.any(Date),
      },
    ]);
    expect(await run(gateway, null, lookUp, ['nobody@tnt_a.example'])).toEqual([]);
    expect(await run(gateway, admin, lookUp, ['user-1@tnt_a.example'])).toEqual([]);
  });

  test('finds every account of a suspended tenant disabled', async () => {
    const found = () => run(gateway, null, lookUp, ['user-1@tnt_a.example']);
    const suspend = (at: string) =>
      run(gateway, admin, `update tenants set suspended_at = ${at} where id = '${TENANT}'`);
    await suspend('now()');
    expect(await found()).toEqual([expect.objectContaining({ disabled_at: expect.any(Date) })]);
    await suspend('null');
    expect(await found()).toEqual([expect.objectContaining({ disabled_at: null })]);
  });

  test('tells when the password was set, whoever set it and however', async () => {
    const at = async () => (await run(gateway, null, lookUp, ['user-1@tnt_a.example']))[0]?.['password_changed_at'];
    const before = (await at()) as Date;
    await run(gateway, admin, `update users set name = 'Somebody' where id = $1`, [userId(TENANT)]);
    expect(await at()).toEqual(before);
    await run(gateway, admin, `update users set password_hash = 'another' where id = $1`, [userId(TENANT)]);
    expect(((await at()) as Date).getTime()).toBeGreaterThan(before.getTime());
    await run(gateway, admin, `update users set password_hash = 'none' where id = $1`, [userId(TENANT)]);
    await expect(run(gateway, admin, `update users set password_changed_at = now()`)).rejects.toEqual(refused);
  });

  test('finds a session by the hash of its refresh token', async () => {
    const rows = await run(gateway, null, 'select * from auth.refresh_lookup($1)', [`${TENANT}-1`]);
    expect(rows).toEqual([{ tenant_id: TENANT, session_id: 'ses_1' }]);
  });

  test('is the gateway’s alone', async () => {
    await expect(run(diagnostics, null, lookUp, ['user-1@tnt_a.example'])).rejects.toEqual(refused);
    const worker = diagnostics.database.as({ role: 'worker', claims: { worker: 'x' } });
    await expect(worker.read((manager) => manager.query(lookUp, ['x']))).rejects.toEqual(refused);
    await expect(
      gateway.database.as({ role: 'worker', claims: { worker: 'x' } }).read((manager) => manager.query('select 1')),
    ).rejects.toEqual(refused);
  });
});

describe('sessions that are over', () => {
  const purge = (claims: Record<string, unknown> | null) =>
    run(gateway, claims, 'select auth.purge_sessions(2) as purged');
  const end = (id: string, ago: string) =>
    run(
      gateway,
      admin,
      `insert into sessions (tenant_id, id, user_id, idle_expires_at, expires_at)
       values ($1, $2, $3, now(), now() - $4::interval)`,
      [TENANT, id, userId(TENANT), ago],
    );

  test('are removed a week later with their tokens, so many at a time, by the gateway alone and for no tenant', async () => {
    await run(gateway, admin, 'delete from sessions');
    await end('ses_recent', '6 days');
    for (const nth of [1, 2, 3]) await end(`ses_old_${nth}`, '8 days');
    await run(
      gateway,
      admin,
      `insert into refresh_tokens (tenant_id, token_hash, session_id) values ($1, 'x', 'ses_old_1')`,
      [TENANT],
    );
    expect(await purge(admin)).toEqual([{ purged: 0 }]);
    await expect(run(diagnostics, null, 'select auth.purge_sessions(2)')).rejects.toEqual(refused);
    expect(await purge(null)).toEqual([{ purged: 2 }]);
    expect(await purge(null)).toEqual([{ purged: 1 }]);
    expect(await purge(null)).toEqual([{ purged: 0 }]);
    expect(await run(gateway, admin, 'select id from sessions')).toEqual([{ id: 'ses_recent' }]);
    expect(await run(gateway, admin, 'select 1 from refresh_tokens')).toEqual([]);
  });
});

describe('a one-time token', () => {
  const lookUp = 'select * from auth.one_time_token_lookup($1)';
  const due = 'select * from auth.mail_lookup(10)';

  test('is found by its hash, and where a mail is due, while nobody is known, by the gateway alone', async () => {
    const { text, values } = insertion('one_time_tokens', {
      ...sampleRows.one_time_tokens?.(TENANT, 1),
      mail_due_at: 'now',
    });
    await run(gateway, admin, text, values);
    expect(await run(gateway, null, lookUp, [`${TENANT}-1`])).toEqual([
      { tenant_id: TENANT, id: 'ott_1', user_id: userId(TENANT), purpose: 'invitation' },
    ]);
    expect(await run(gateway, null, lookUp, ['nobody’s'])).toEqual([]);
    expect(await run(gateway, admin, lookUp, [`${TENANT}-1`])).toEqual([]);
    expect(await run(gateway, null, due)).toEqual([{ tenant_id: TENANT, id: 'ott_1' }]);
    for (const sql of [lookUp.replace('$1', "''"), due, 'select * from one_time_tokens'])
      await expect(run(diagnostics, null, sql)).rejects.toEqual(refused);
  });

  test('lives alone: a user has one of each purpose', async () => {
    const { text, values } = insertion('one_time_tokens', {
      ...sampleRows.one_time_tokens?.(TENANT, 2),
      ended_at: null,
    });
    await expect(run(gateway, admin, text, values)).rejects.toMatchObject({ code: '23505' });
  });
});

describe('an enrollment token, a device credential', () => {
  const tokenLookUp = 'select * from auth.enrollment_token_lookup($1)';
  const credentialLookUp = 'select * from auth.agent_lookup($1)';
  const revoke = (at: string) =>
    run(diagnostics, admin, `update device_credentials set revoked_at = ${at} where id = 'crd_1'`);

  test('is found by its hash while nobody is known, and only then', async () => {
    await revoke('null');
    expect(await run(gateway, null, tokenLookUp, [`${TENANT}-1`])).toEqual([{ tenant_id: TENANT, id: 'ent_1' }]);
    expect(await run(gateway, null, credentialLookUp, [`${TENANT}-1`])).toEqual([
      { tenant_id: TENANT, id: 'crd_1', device_id: 'dev_1' },
    ]);
    for (const lookUp of [tokenLookUp, credentialLookUp]) {
      expect(await run(gateway, null, lookUp, ['nobody’s'])).toEqual([]);
      expect(await run(gateway, admin, lookUp, [`${TENANT}-1`])).toEqual([]);
      await expect(run(diagnostics, null, lookUp, [`${TENANT}-1`])).rejects.toEqual(refused);
    }
    for (const table of ['enrollment_tokens', 'device_credentials'])
      await expect(run(gateway, admin, `select * from ${table}`)).rejects.toEqual(refused);
  });

  test('of a suspended tenant neither they nor an API key are found, until it is resumed', async () => {
    await revoke('null');
    const { text, values } = insertion('api_keys', sampleRows.api_keys?.(TENANT, 1) ?? {});
    await run(gateway, admin, text, values);
    const keyLookUp = 'select id, role, scopes from auth.api_key_lookup($1)';
    const found = () =>
      Promise.all(
        [tokenLookUp, credentialLookUp, keyLookUp].map((lookUp) => run(gateway, null, lookUp, [`${TENANT}-1`])),
      );
    const before = await found();
    expect(before.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(before[2]).toEqual([{ id: 'key_1', role: 'viewer', scopes: ['devices:read'] }]);
    await run(gateway, admin, 'update tenants set suspended_at = now()');
    expect(await found()).toEqual([[], [], []]);
    await run(gateway, admin, 'update tenants set suspended_at = null');
    expect(await found()).toEqual(before);
  });

  test.each(['revoked_at', 'expires_at'])('an API key whose %s is past is nobody’s', async (column) => {
    const nth = column === 'revoked_at' ? 2 : 3;
    const row = { ...sampleRows.api_keys?.(TENANT, nth), [column]: '2026-01-01T00:00:00Z' };
    const { text, values } = insertion('api_keys', row);
    await run(gateway, admin, text, values);
    expect(await run(gateway, null, 'select * from auth.api_key_lookup($1)', [`${TENANT}-${nth}`])).toEqual([]);
  });

  test('an operator sees every tenant, changes none, and nobody else sees another’s', async () => {
    const operator = { tenant_id: 'tnt_system', role: 'operator' };
    const seen = await run(gateway, operator, 'select id from tenants');
    expect(seen).toEqual(expect.arrayContaining([{ id: 'tnt_system' }, { id: TENANT }]));
    await run(gateway, operator, `update tenants set name = 'x' where id = $1`, [TENANT]);
    expect(await run(gateway, admin, 'select id, name from tenants')).not.toEqual([{ id: TENANT, name: 'x' }]);
    for (const claims of [
      { ...operator, role: 'admin' },
      { ...operator, tenant_id: TENANT },
    ])
      expect(await run(gateway, claims, 'select id from tenants')).toEqual([{ id: claims.tenant_id }]);
    await expect(
      run(gateway, { tenant_id: 'tnt_system', role: 'admin' }, 'update tenants set suspended_at = now()'),
    ).rejects.toMatchObject({ code: '23514' });
  });

  test('a credential that was revoked is found no more', async () => {
    await revoke('now()');
    expect(await run(gateway, null, credentialLookUp, [`${TENANT}-1`])).toEqual([]);
  });
});

describe('users', () => {
  test('a user changes its name but not its role, its tenant or its id; an admin changes roles', async () => {
    await run(gateway, self, `update users set name = 'Renamed' where id = $1`, [self.sub]);
    await expect(run(gateway, self, `update users set role = 'admin'`)).rejects.toEqual(refused);
    await expect(run(gateway, admin, `update users set tenant_id = 'tnt_b'`)).rejects.toEqual(refused);
    await expect(run(gateway, admin, `update users set id = gen_random_uuid()`)).rejects.toEqual(refused);
    await run(gateway, admin, `update users set role = 'manager' where tenant_id = $1`, [TENANT]);
    expect(await run(gateway, admin, 'select name, role from users')).toEqual([{ name: 'Renamed', role: 'manager' }]);
    await run(gateway, admin, `update users set role = 'viewer' where tenant_id = $1`, [TENANT]);
  });

  test('no tenant but the system has operators', async () => {
    await expect(run(gateway, admin, `update users set role = 'operator'`)).rejects.toMatchObject({ code: '23514' });
  });

  test('a password hash is read by the log-in only', async () => {
    await expect(run(gateway, admin, 'select password_hash from users')).rejects.toEqual(refused);
  });

  test('admins alone make and delete users: a user does not delete its own row, nor make it anew with another role', async () => {
    expect(await run(gateway, self, 'delete from users')).toEqual([[], 0]);
    const stranger = { ...self, sub: userId(TENANT, 9) };
    const { text, values } = insertion('users', { ...sampleRows.users?.(TENANT, 9), role: 'admin' });
    await expect(run(gateway, stranger, text, values)).rejects.toEqual(refused);
    await run(gateway, admin, text, values);
    expect(await run(gateway, admin, 'delete from users where id = $1', [stranger.sub])).toEqual([[], 1]);
  });

  test("a user sees itself, an admin its tenant's users; e-mail addresses are kept in lower case", async () => {
    const colleague = insertion('users', sampleRows.users?.(TENANT, 2) ?? {});
    await run(gateway, admin, colleague.text, colleague.values);
    expect(await run(gateway, self, 'select id from users')).toEqual([{ id: self.sub }]);
    expect(await run(gateway, admin, 'select id from users')).toHaveLength(2);
    await expect(run(gateway, admin, `update users set email = 'Upper@x.example'`)).rejects.toMatchObject({
      code: '23514',
    });
  });
});

test('audit events can be added and read; no superuser even changes, deletes or empties them unawares', async () => {
  expect(await run(gateway, admin, 'select id from audit_events')).toEqual([{ id: 'aud_1' }]);
  await expect(run(diagnostics, admin, 'select id from audit_events')).rejects.toEqual(refused);
  for (const sql of ['update audit_events set success = false', 'delete from audit_events', 'truncate audit_events']) {
    await expect(run(gateway, admin, sql)).rejects.toEqual(refused);
    await expect(asSuperuser(sql)).rejects.toMatchObject({ message: 'audit events are never changed or deleted' });
  }
});

test('children go with their diagnostic and their device; a finding outlives the diagnostic that saw it last', async () => {
  await run(diagnostics, admin, `update devices set latest_diagnostic_id = 'dgn_1' where tenant_id = $1`, [TENANT]);
  await run(diagnostics, admin, `delete from diagnostics where tenant_id = $1`, [TENANT]);
  expect(await run(diagnostics, admin, 'select name from diagnostic_sections')).toEqual([]);
  expect(await run(diagnostics, admin, 'select last_diagnostic_id from findings')).toEqual([
    { last_diagnostic_id: null },
  ]);
  expect(await run(diagnostics, admin, 'select latest_diagnostic_id from devices')).toEqual([
    { latest_diagnostic_id: null },
  ]);
  await run(diagnostics, admin, `delete from devices where tenant_id = $1`, [TENANT]);
  expect(await run(diagnostics, admin, 'select id from findings')).toEqual([]);
});

test("a child cannot belong to another tenant's parent", async () => {
  await insert(diagnostics.database, ['devices']);
  const stranger = { tenant_id: 'tnt_b', role: 'admin' };
  const child = insertion('diagnostics', { ...sampleRows.diagnostics?.('tnt_b', 1), device_id: 'dev_1' });
  await expect(run(diagnostics, stranger, child.text, child.values)).rejects.toMatchObject({ code: '23503' });
});

test("evidence comes back to the byte: NUL, lone surrogates, key order, numbers' digits", async () => {
  await insert(diagnostics.database, ['diagnostics']);
  const evidence = '{"b": 1.10, "a": "\\\\u0000 \\\\ud800", "b": 2}'.replaceAll('\\\\', '\\');
  await run(
    diagnostics,
    admin,
    `insert into diagnostic_sections (tenant_id, diagnostic_id, name, status, data) values ($1, 'dgn_1', 'x', 'ok', $2)`,
    [TENANT, evidence],
  );
  expect(await run(diagnostics, admin, 'select data::text as data from diagnostic_sections')).toEqual([
    { data: evidence },
  ]);
});

async function asSuperuser(sql: string): Promise<void> {
  const client = new Client({ connectionString: fresh.adminUrl() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
