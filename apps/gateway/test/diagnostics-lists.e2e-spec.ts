import { randomUUID } from 'node:crypto';
import { newId } from '@techze/contracts';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { ownSite, ownTenant, type OwnTenant } from './support/own-tenant.js';
import { rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
/** Its lists hold what this file made, and nothing else. */
let tenant: OwnTenant;
let technician: string;
let viewer: string;

const storage = (data: object) => ({ storage: { status: 'ok', data } });
const list = (query = '', token = technician) => api.call(`${PATH}${query}`, { token });
const idsOf = async (query: string): Promise<string[]> => {
  const answer = await list(query);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.data.map(({ id }: { id: string }) => id);
};

const retag = (id: string, tags: string[]) =>
  api.call(`${PATH}/${id}`, { method: 'PATCH', token: technician, json: { tags } });

/** What there is to find, in the order in which it was made. */
const made: Record<'healthy' | 'failing' | 'partial' | 'tagged' | 'requested' | 'elsewhere', string> = {
  healthy: '',
  failing: '',
  partial: '',
  tagged: '',
  requested: '',
  elsewhere: '',
};
let site: string;
let customer: string;
let device: string;

beforeAll(async () => {
  tenant = await ownTenant(api);
  [technician, viewer] = await Promise.all([tenant.tokenOf('technician'), tenant.tokenOf('viewer')]);
  site = await ownSite(tenant.id);
  const [row] = await rows<{ customer_id: string }>('select customer_id from sites where id = $1', [site]);
  customer = row?.customer_id ?? '';
  const serial = `SN-${randomUUID()}`;
  const create = async (changes: Record<string, unknown>): Promise<Answer['body']> => {
    const answer = await api.call(PATH, { token: technician, json: diagnosticBody({ tags: [], ...changes }) });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  };
  const healthy = await create({ device: { serial } });
  made.healthy = healthy.id;
  device = healthy.device_id;
  await rows('update devices set site_id = $2 where id = $1', [device, site]);
  const { sections } = diagnosticBody();
  made.failing = (
    await create({
      type: 'storage',
      sections: { ...(sections as object), ...storage({ diskLayout: [disk(9)], fsSize: [fileSystem(95)] }) },
    })
  ).id;
  made.partial = (
    await create({ device: { serial }, sections: { cpu: { status: 'denied' }, ...storage({ diskLayout: [disk(0)] }) } })
  ).id;
  made.tagged = (await create({ tags: ['vip', 'counter'] })).id;
  made.requested = newId('dgn');
  await rows(
    `insert into diagnostics (tenant_id, id, device_id, type, status, schema_version, findings)
     values ($1, $2, $3, 'full', 'requested', 1, '[]')`,
    [tenant.id, made.requested, device],
  );
  await retag(made.requested, ['old']);
  await retag(made.requested, ['vip', 'vip']);
  made.elsewhere = (await create({})).id;
});

describe('GET /api/v1/diagnostics', () => {
  it.each<[string, (keyof typeof made)[]]>([
    ['', ['elsewhere', 'requested', 'tagged', 'partial', 'failing', 'healthy']],
    ['band=healthy', ['elsewhere', 'tagged', 'healthy']],
    ['band=unknown', ['partial']],
    ['band=critical', []],
    ['severity=critical', ['failing']],
    ['severity=warning', ['failing']],
    ['severity=info', []],
    ['status=requested', ['requested']],
    ['status=completed', ['elsewhere', 'tagged', 'partial', 'failing', 'healthy']],
    ['type=storage', ['failing']],
    ['type=thermal', []],
    ['tag=vip', ['requested', 'tagged']],
    ['tag=counter', ['tagged']],
    ['tag=none', []],
    ['tag=old', []],
    ['partial=true', ['partial']],
    ['partial=false', ['elsewhere', 'requested', 'tagged', 'failing', 'healthy']],
    ['site_id=SITE', ['requested', 'partial', 'healthy']],
    ['customer_id=CUSTOMER', ['requested', 'partial', 'healthy']],
    ['device_id=DEVICE', ['requested', 'partial', 'healthy']],
    ['site_id=SITE&status=completed&partial=false', ['healthy']],
    ['customer_id=CUSTOMER&tag=vip', ['requested']],
    ['device_id=DEVICE&band=healthy&type=full', ['healthy']],
    ['severity=critical&type=storage&partial=false', ['failing']],
    ['severity=critical&type=full', []],
  ])('200 with ?%s: those and no others, newest first', async (query, expected) => {
    const asked = query.replace('SITE', site).replace('CUSTOMER', customer).replace('DEVICE', device);
    expect(await idsOf(`?${asked}`)).toEqual(expected.map((name) => made[name]));
  });

  it('200 with none for a site, a customer or a device of another tenant', async () => {
    const other = await ownTenant(api);
    const strange = await ownSite(other.id);
    const foreign = (await api.call(PATH, { token: await other.tokenOf('technician'), json: diagnosticBody() })).body;
    await rows('update devices set site_id = $2 where id = $1', [foreign.device_id, strange]);
    const [row] = await rows<{ customer_id: string }>('select customer_id from sites where id = $1', [strange]);
    for (const query of [`site_id=${strange}`, `customer_id=${row?.customer_id}`, `device_id=${foreign.device_id}`])
      expect(await idsOf(`?${query}`)).toEqual([]);
  });

  it('200 walks a filtered list by its cursor, each once; a cursor goes with any filter', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await list(`?partial=false&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([made.elsewhere, made.requested, made.tagged, made.failing, made.healthy]);
  });

  it('200 walks the diagnostics of a tag, and forgets those that lost it or are gone', async () => {
    const other = await ownTenant(api);
    const [token, manager] = [await other.tokenOf('technician'), await other.tokenOf('manager')];
    const json = {
      diagnostics: Array.from({ length: 7 }, (_, index) => diagnosticBody({ tags: ['a', `${index % 2}`] })),
    };
    const batch = await api.call(`${PATH}/batch`, { token, json });
    const all: string[] = batch.body.results.map(({ id }: { id: string }) => id);
    const tagged = async (tag: string) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { body } = await list(`?tag=${tag}&limit=2${cursor ? `&cursor=${cursor}` : ''}`, token);
        seen.push(...body.data.map(({ id }: { id: string }) => id));
        cursor = body.page.next_cursor;
      } while (cursor !== null);
      return seen.sort();
    };
    expect(await tagged('a')).toEqual([...all].sort());
    expect(await tagged('1')).toEqual(all.filter((_id, index) => index % 2 === 1).sort());
    await api.call(`${PATH}/${all[0]}`, { method: 'PATCH', token, json: { tags: ['b'] } });
    await api.call(`${PATH}/${all[1]}`, { method: 'DELETE', token: manager });
    expect(await tagged('a')).toEqual(all.slice(2).sort());
    expect(await tagged('b')).toEqual([all[0]]);
  });

  it('200 walks diagnostics of one and the same moment, each once', async () => {
    const other = await ownTenant(api);
    const token = await other.tokenOf('technician');
    const json = { diagnostics: Array.from({ length: 7 }, () => diagnosticBody()) };
    const batch = await api.call(`${PATH}/batch`, { token, json });
    const all = batch.body.results
      .map(({ id }: { id: string }) => id)
      .sort()
      .reverse();
    await rows(`update diagnostics set created_at = '2026-11-22T08:00:00.123Z' where tenant_id = $1`, [other.id]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await list(`?limit=2${cursor ? `&cursor=${cursor}` : ''}`, token);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(all);
  });

  it('200 shows each as GET does, without its sections', async () => {
    const { body } = await list('?type=storage');
    expect(body.data[0]).toEqual((await api.call(`${PATH}/${made.failing}`, { token: viewer })).body);
    expect(body.data[0]).not.toHaveProperty('sections');
    expect(body.data[0]).not.toHaveProperty('readings');
  });

  it.each([
    'band=fine',
    'tag=',
    `tag=${'x'.repeat(65)}`,
    'tag=a%00b',
    'partial=1',
    'partial=yes',
    'site_id=1',
    `site_id=cus_${'0'.repeat(32)}`,
    'customer_id=nope',
    'status=done',
    'tags=vip',
    'page=2',
    'band=healthy&band=poor',
  ])('422 for ?%s, with a pointer', async (query) => {
    const answer = await list(`?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(`/${query.split('=')[0]}`);
  });
});
