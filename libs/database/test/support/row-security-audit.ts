import { escapeLiteral, type Client } from 'pg';
import { insertion, sampleRows, userId } from './sample-rows.js';

/** Tables without tenants: what was migrated is no tenant's. */
const WITHOUT_TENANTS = ['migrations'];

interface Table {
  name: string;
  columns: string[];
  flags: { enabled: boolean; forced: boolean };
}

interface Identity {
  name: string;
  role: 'anon' | 'authenticated';
  claims: Record<string, unknown> | null;
}

const ADMIN = { role: 'admin' };
const A: Identity = {
  name: 'an admin of A',
  role: 'authenticated',
  claims: { ...ADMIN, tenant_id: 'tnt_a', sub: userId('tnt_a') },
};
const B: Identity = {
  name: 'an admin of B',
  role: 'authenticated',
  claims: { ...ADMIN, tenant_id: 'tnt_b', sub: userId('tnt_b') },
};
const NOBODIES: Identity[] = [
  { name: 'anon', role: 'anon', claims: null },
  { name: 'anon with claims of A', role: 'anon', claims: A.claims },
  { name: 'no claims', role: 'authenticated', claims: null },
  { name: 'empty claims', role: 'authenticated', claims: {} },
  { name: 'a worker claim in a service role', role: 'authenticated', claims: { worker: 'relay' } },
];
const OTHER_AGENT: Identity = agent('an agent of another device of A', 'dev_other');
const LOST_AGENT: Identity = {
  ...OTHER_AGENT,
  name: 'an agent without a device',
  claims: { tenant_id: 'tnt_a', role: 'agent' },
};
const OWN_AGENT: Identity = agent("the device's own agent", 'dev_1');

function agent(name: string, device: string): Identity {
  return { name, role: 'authenticated', claims: { tenant_id: 'tnt_a', role: 'agent', device_id: device } };
}

/**
 * Walks the catalogue and tries every table × verb × identity. Grants are out of the way (everybody gets all), so it
 * is the policies alone that have to hold. All of it is undone.
 * @param client superuser
 * @param tampering a change to find
 * @returns what is wrong, in words; empty when nothing is
 */
export async function rowSecurityFaults(client: Client, tampering = ''): Promise<string[]> {
  await client.query('begin');
  try {
    await client.query(tampering);
    await client.query('grant all on all tables in schema public to anon, authenticated');
    return await faultsOf(client);
  } finally {
    await client.query('rollback');
  }
}

async function faultsOf(client: Client): Promise<string[]> {
  for (const tenant of ['tnt_a', 'tnt_b'])
    for (const [table, row] of Object.entries(sampleRows)) await client.query(insertion(table, row(tenant, 1)));
  const faults = await partitionFaults(client);
  for (const table of await tenantTables(client)) {
    faults.push(...(await catalogueFaults(client, table)));
    if (!(table.name in sampleRows)) {
      faults.push(`${table.name}: has no sample row, so nothing of it is covered`);
      continue;
    }
    const attempt = new Attempt(client, table.name, faults);
    await foreignTenantFaults(attempt, table);
    if (isOfADevice(table)) await deviceFaults(attempt, table);
  }
  return faults;
}

async function tenantTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; enabled: boolean; forced: boolean }>(
    `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all($1)
       and not c.relispartition
     order by c.relname`,
    [WITHOUT_TENANTS],
  );
  return rows.map(({ name, columns, enabled, forced }) => ({ name, columns, flags: { enabled, forced } }));
}

/** A partition is read through its parent, by the parent's policies; by its own name it is open to nobody. */
async function partitionFaults(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; safe: boolean; granted: boolean }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as safe,
       exists (select from information_schema.role_table_grants where table_name = c.relname
         and grantee not in ('techze_owner', 'anon', 'authenticated')) as granted
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relispartition`,
  );
  return rows.flatMap(({ name, safe, granted }) => [
    ...(safe ? [] : [`${name}: row security is not enabled and forced on the partition`]),
    ...(granted ? [`${name}: a partition is granted by its own name`] : []),
  ]);
}

async function catalogueFaults(client: Client, { name, columns, flags }: Table): Promise<string[]> {
  const { rows } = await client.query<{ permissive: number; unchecked: string[] }>(
    `select count(*) filter (where permissive = 'PERMISSIVE' and 'authenticated' = any(roles))::int as permissive,
       coalesce(array_agg(policyname::text) filter (where cmd in ('INSERT', 'UPDATE', 'ALL')
         and coalesce(with_check, qual) in ('true', '')), '{}') as unchecked
     from pg_policies where schemaname = 'public' and tablename = $1`,
    [name],
  );
  return [
    ...(flags.enabled ? [] : [`${name}: row security is not enabled`]),
    ...(flags.forced ? [] : [`${name}: row security is not forced on its owner`]),
    ...(columns.includes(tenantColumn(name)) ? [] : [`${name}: has no tenant_id`]),
    ...(rows[0]?.permissive ? [] : [`${name}: has no policy for tenants`]),
    ...(rows[0]?.unchecked ?? []).map((policy) => `${name}: policy ${policy} checks nothing`),
  ];
}

async function foreignTenantFaults(attempt: Attempt, { name }: Table): Promise<void> {
  const tenant = tenantColumn(name);
  const row = sampleRows[name];
  if (!row) return;
  const every = `select ${tenant} as tenant from ${name}`;
  for (const [identity, own, foreign] of [
    [A, 'tnt_a', 'tnt_b'],
    [B, 'tnt_b', 'tnt_a'],
  ] as const) {
    const seen = await attempt.rows(identity, every);
    attempt.expect(seen.length > 0, `${identity.name} does not see its own rows`);
    attempt.expect(
      seen.every((each) => each.tenant === own),
      `${identity.name} sees rows of another tenant`,
    );
    await attempt.nothing(
      identity,
      'update',
      `update ${name} set ${tenant} = ${tenant} where ${tenant} = '${foreign}'`,
    );
    await attempt.nothing(identity, 'delete', `delete from ${name} where ${tenant} = '${foreign}'`);
    await attempt.refused(identity, 'insert for another tenant', insertion(name, row(foreign, 2)));
    await attempt.refused(identity, 'move rows to another tenant', {
      text: `update ${name} set ${tenant} = '${foreign}' where ${tenant} = '${own}'`,
      values: [],
    });
    if (name !== 'tenants') await attempt.allowed(identity, 'insert its own row', insertion(name, row(own, 2)));
  }
  for (const identity of NOBODIES) {
    await attempt.nothing(identity, 'select', every);
    await attempt.nothing(identity, 'update', `update ${name} set ${tenant} = ${tenant}`);
    await attempt.nothing(identity, 'delete', `delete from ${name}`);
    await attempt.refused(identity, 'insert', insertion(name, row('tnt_a', 2)));
  }
}

/** An agent is one device: what belongs to another device of its own tenant is as far away as another tenant. */
async function deviceFaults(attempt: Attempt, { name }: Table): Promise<void> {
  const row = sampleRows[name];
  if (!row) return;
  for (const identity of [OTHER_AGENT, LOST_AGENT]) {
    await attempt.nothing(identity, 'select', `select 1 from ${name}`);
    await attempt.nothing(identity, 'update', `update ${name} set tenant_id = tenant_id`);
    await attempt.nothing(identity, 'delete', `delete from ${name}`);
    await attempt.refused(identity, 'insert', insertion(name, row('tnt_a', 2)));
  }
  const seen = await attempt.rows(OWN_AGENT, `select tenant_id as tenant from ${name}`);
  attempt.expect(seen.length > 0, `${OWN_AGENT.name} does not see its own rows`);
}

function tenantColumn(table: string): string {
  return table === 'tenants' ? 'id' : 'tenant_id';
}

function isOfADevice({ name, columns }: Table): boolean {
  return name === 'devices' || columns.includes('device_id') || columns.includes('diagnostic_id');
}

/** What an identity can do to a table; every try is undone. */
class Attempt {
  constructor(
    private readonly client: Client,
    private readonly table: string,
    private readonly faults: string[],
  ) {}

  expect(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(`${this.table}: ${fault}`);
  }

  async rows(identity: Identity, text: string): Promise<Record<string, unknown>[]> {
    const outcome = await this.run(identity, { text, values: [] });
    this.expect(outcome.refusal === undefined, `${identity.name} is refused: ${outcome.refusal}`);
    return outcome.rows;
  }

  /** No row is touched, or the server refuses. */
  async nothing(identity: Identity, verb: string, text: string): Promise<void> {
    const { rowCount, refusal } = await this.run(identity, { text, values: [] });
    this.expect(rowCount === 0, `${identity.name} can ${verb} ${rowCount} rows`);
    this.expect(refusal === undefined || refusal === '42501', `${verb} by ${identity.name} fails by ${refusal}`);
  }

  /** The server refuses for want of a right, not because something else happens to be wrong with the row. */
  async refused(identity: Identity, verb: string, statement: { text: string; values: unknown[] }): Promise<void> {
    const { refusal } = await this.run(identity, statement);
    this.expect(refusal === '42501', `${identity.name} may ${verb} (${refusal ?? 'done'})`);
  }

  async allowed(identity: Identity, verb: string, statement: { text: string; values: unknown[] }): Promise<void> {
    const { refusal } = await this.run(identity, statement);
    this.expect(refusal === undefined, `${identity.name} cannot ${verb} (${refusal})`);
  }

  private async run(identity: Identity, statement: { text: string; values: unknown[] }) {
    const claims = identity.claims === null ? '' : JSON.stringify(identity.claims);
    await this.client.query(
      `savepoint attempt; select set_config('role', ${escapeLiteral(identity.role)}, true),
         set_config('request.jwt.claims', ${escapeLiteral(claims)}, true)`,
    );
    try {
      const { rows, rowCount } = await this.client.query<Record<string, unknown>>(statement);
      return { rows, rowCount: rowCount ?? 0, refusal: undefined };
    } catch (error) {
      return { rows: [], rowCount: 0, refusal: (error as { code?: string }).code ?? 'an unknown error' };
    } finally {
      await this.client.query('rollback to savepoint attempt');
    }
  }
}
