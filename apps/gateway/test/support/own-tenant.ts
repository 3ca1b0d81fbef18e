import { randomUUID } from 'node:crypto';
import { newId } from '@techze/contracts';
import type { Api } from './api.js';
import { rows } from './rows.js';

/** A tenant that no other test file knows of: for settings that hold everywhere in it. */
export interface OwnTenant {
  readonly id: string;
  tokenOf(role: string): Promise<string>;
  /** Logs in; each call is a session of its own. */
  logIn(role: string): Promise<{ access_token: string; refresh_token: string; user: { id: string } }>;
}

/** Makes a tenant with an account of each role; their passwords are those of the first demo tenant's accounts. */
export async function ownTenant(api: Api): Promise<OwnTenant> {
  const id = newId('tnt');
  const domain = `${randomUUID()}.example`;
  await rows('insert into tenants (id, name) values ($1, $2)', [id, domain]);
  await rows(
    `insert into users (id, tenant_id, email, name, role, password_hash)
     select gen_random_uuid(), $1, role || '@' || $2, name, role, password_hash from users where tenant_id = $3`,
    [id, domain, api.suite.tenants[0]?.id],
  );
  const logIn = async (role: string) => {
    const json = { email: `${role}@${domain}`, password: api.user(role).password };
    const answer = await api.call('/api/v1/auth/login', { json });
    if (answer.status !== 200) throw new Error(`log-in answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  return { id, logIn, tokenOf: async (role) => (await logIn(role)).access_token };
}

/** A site of a tenant, with a customer of its own. */
export async function ownSite(tenantId: string): Promise<string> {
  const [customer, site] = [newId('cus'), newId('sit')];
  await rows('insert into customers (tenant_id, id, name) values ($1, $2, $3)', [tenantId, customer, 'Customer']);
  await rows('insert into sites (tenant_id, id, customer_id, name) values ($1, $2, $3, $4)', [
    tenantId,
    site,
    customer,
    'Site',
  ]);
  return site;
}
