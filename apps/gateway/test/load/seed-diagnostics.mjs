import pg from 'pg';

/** What a technician's list of a busy year looks like: per tenant 5 customers, 20 sites, and a device for each 50 diagnostics. */
const DIAGNOSTICS_PER_DEVICE = 50;
const SITES = 20;
const CUSTOMERS = 5;

const category = (name, score) => ({ name, score, weight: 0.125, reason: score === null ? 'not collected' : null });
const evidence = {
  metric: 'disk.used_ratio',
  instance: '/',
  value: 93.12,
  unit: '%',
  threshold: 90,
  source: 'Netdata disks.conf (space usage)',
};
const deduction = (points) => ({ finding_id: null, points, code: 'FS_USED', evidence, fix: 'Free space on the disk.' });
const names = ['storage', 'stability', 'memory', 'cpu_thermal', 'performance', 'battery', 'security', 'network'];
const health = {
  score: 83.2,
  band: 'healthy',
  coverage: 1,
  categories: names.map((name) => category(name, 91.25)),
  deductions: [9.5, 4.3, 2, 1].map(deduction),
};
const finding = {
  id: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
  key: 'FS_USED:/',
  category: 'storage',
  code: 'FS_USED',
  severity: 'warning',
  title: 'The disk at / is 93 % full',
  evidence,
  points: 9.5,
  state: 'open',
  first_seen: '2026-11-22T08:00:00.000Z',
  last_seen: '2026-11-22T08:00:00.000Z',
  occurrences: 3,
  trend: '+2 in 9 d',
  acknowledgement: null,
};
const readings = Array.from({ length: 24 }, (_, index) => ({ code: 'SMART_197', value: index, instance: 'WX12A34' }));

/** Ids are made of the place in the series, from 1: the newest has the greatest, as with those that the service makes. */
export const idOf = (prefix, place) => `${prefix}_${place.toString(16).padStart(32, '0')}`;
const id = (prefix, expression) => `'${prefix}_' || lpad(to_hex(${expression}), 32, '0')`;

/**
 * Fills a database past every rule of the service, as fast as it goes: foreign keys are not checked, and secondary indexes
 * are made at the end.
 * @param {string} url of a superuser
 * @param {{tenantIds: string[], diagnostics: number}} size how many diagnostics all tenants have together
 */
export async function seedDiagnostics(url, { tenantIds, diagnostics }) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`set session_replication_role = replica`);
    await client.query(`set synchronous_commit = off`);
    await client.query(`set maintenance_work_mem = '512MB'`);
    const perTenant = Math.ceil(diagnostics / tenantIds.length);
    const devices = Math.max(1, Math.ceil(perTenant / DIAGNOSTICS_PER_DEVICE));
    await client.query(
      `insert into tenants (id, name) select tenant, tenant from unnest($1::text[]) as tenant on conflict do nothing`,
      [tenantIds],
    );
    await client.query(
      `insert into customers (tenant_id, id, name)
       select tenant, ${id('cus', 'n')}, 'Customer ' || n from unnest($1::text[]) as tenant, generate_series(1, ${CUSTOMERS}) as n`,
      [tenantIds],
    );
    await client.query(
      `insert into sites (tenant_id, id, customer_id, name)
       select tenant, ${id('sit', 'n')}, ${id('cus', `n % ${CUSTOMERS} + 1`)}, 'Site ' || n
       from unnest($1::text[]) as tenant, generate_series(1, ${SITES}) as n`,
      [tenantIds],
    );
    await client.query(
      `insert into devices (tenant_id, id, hostname, site_id)
       select tenant, ${id('dev', 'n')}, 'host-' || n, ${id('sit', `n % ${SITES} + 1`)}
       from unnest($1::text[]) as tenant, generate_series(1, $2::int) as n`,
      [tenantIds, devices],
    );
    const indexes = await secondaryIndexes(client);
    for (const { name } of indexes) await client.query(`drop index ${name}`);
    await client.query(DIAGNOSTICS(devices), [
      tenantIds,
      perTenant,
      JSON.stringify(health),
      JSON.stringify([finding]),
      JSON.stringify(readings),
    ]);
    await client.query(
      `insert into diagnostic_tags (tenant_id, tag, created_at, diagnostic_id, device_id)
       select tenant_id, tag, created_at, id, device_id from diagnostics, unnest(tags) as tag`,
    );
    for (const { definition } of indexes) await client.query(definition);
    await client.query('analyze diagnostic_tags, tenants, customers, sites, devices, diagnostics');
  } finally {
    await client.end();
  }
}

async function secondaryIndexes(client) {
  const { rows } = await client.query(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
     from pg_index where indrelid = 'diagnostics'::regclass and not indisprimary`,
  );
  return rows;
}

/** Days apart like real ones: a year in all, the tenants' diagnostics mixed with each other as they come in. */
const DIAGNOSTICS = (devices) => `
  insert into diagnostics (tenant_id, id, device_id, type, status, partial, collected_at, received_at, seen_at, created_at,
    duration_ms, schema_version, scoring_version, agent, score, band, coverage, health, findings, severities, notes, tags, readings)
  select tenant, ${id('dgn', 'n')}, ${id('dev', `n % ${devices} + 1`)},
    (array['full', 'full', 'full', 'hardware', 'storage', 'memory', 'battery', 'network'])[n % 8 + 1],
    case when n % 200 = 0 then 'failed' when n % 101 = 0 then 'requested' else 'completed' end, n % 10 = 0,
    at, at, at, at, 1250, 1, '1.1.0', '{"version":"1.0.0"}', n % 101,
    (array['healthy', 'healthy', 'healthy', 'healthy', 'attention', 'attention', 'poor', 'critical', 'unknown'])[n % 9 + 1],
    1, $3::json, case when n % 3 = 0 then $4::json else '[]' end,
    case when n % 50 = 0 then '{critical,warning}' when n % 3 = 0 then '{warning}' else '{}' end::text[], null,
    case when n % 500 = 0 then '{vip,counter}' when n % 20 = 0 then '{counter}' else '{}' end::text[], $5::json
  from (select tenant, n, now() - interval '365 days' + n * (interval '365 days' / $2) as at
    from generate_series(1, $2::int) as n, unnest($1::text[]) as tenant order by n) made`;
