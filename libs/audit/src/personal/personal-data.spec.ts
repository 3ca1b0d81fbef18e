import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { auditDetails } from '../audit-details.js';
import type { Json } from '../trail/canonical-json.js';
import { readable, SEALED } from '../trail/sealed-details.js';
import { PersonalData } from './personal-data.js';
import { takePersonal } from './personal-members.js';

const TENANT = 'tnt_a';

/** The table of keys, without a database. */
function table() {
  const rows: { tenant: string; id: string; wrapped: Buffer }[] = [];
  let questions = 0;
  const query = (sql: string, [tenant, id, wrapped]: [string, string, Buffer]): Promise<unknown> => {
    questions += 1;
    const mine = rows.filter((row) => row.tenant === tenant);
    if (sql.startsWith('INSERT')) rows.push({ tenant, id, wrapped });
    if (sql.startsWith('DELETE')) rows.splice(0, rows.length, ...rows.filter((row) => row.tenant !== tenant));
    return Promise.resolve(sql.startsWith('SELECT') ? mine.toReversed() : [[], mine.length]);
  };
  return { manager: { query } as unknown as EntityManager, rows, questions: () => questions };
}
const service = (wrappingKey = randomBytes(32)) => new PersonalData({ wrappingKey });
const person = {
  kind: 'user',
  before: null,
  after: { name: 'Ana', E_mail: 'ana@example.com', tags: ['a', { phone: 7 }] },
};

describe('what is personal in details', () => {
  it.each([
    'email',
    'E-Mail',
    'full_name',
    'displayName',
    'ip_address',
    'sourceAddress',
    'Tax-Id',
    'CPF',
    'note',
    'reason',
    'hostname',
    'contact_name',
    'sourceAddresses',
    'source_addresses',
    'MAC-Addresses',
    'macs',
    'IPs',
    'emails',
    'phones',
    'names',
    'cities',
  ])('is taken out by name, however it is spelled and wherever it stands: %s', (name) => {
    const { details, values } = takePersonal({ list: [{ deeper: { [name]: 'Ana' } }], [name]: { of: 'Ana' } });
    expect(JSON.stringify(details)).not.toContain('Ana');
    expect(values).toHaveLength(2);
  });

  it.each([
    'kind',
    'rename',
    'device_id',
    'role',
    'scopes',
    'score',
    'emails_sent',
    'named',
    'addressed_to',
    'sections',
  ])('leaves %s alone', (name) => {
    expect(takePersonal({ [name]: 'x' })).toEqual({ details: { [name]: 'x' }, values: [] });
  });

  it('is encrypted, comes back as it was, and costs nothing where nothing is personal', async () => {
    const [data, keys] = [service(), table()];
    expect(await data.seal(keys.manager, TENANT, 'aud_1', { score: 71 })).toEqual({ score: 71 });
    expect(keys.questions()).toBe(0);
    const details = await data.seal(keys.manager, TENANT, 'aud_1', person);
    expect(JSON.stringify(details)).not.toMatch(/Ana|ana@|:7/);
    const open = await data.opener(keys.manager, TENANT);
    expect(readable(details, open({ id: 'aud_1', details }))).toEqual(person);
    expect(JSON.stringify(keys.rows)).not.toContain('Ana');
  });

  it('says that it was erased once the keys are destroyed; another tenant’s, and later records, are as they were', async () => {
    const [data, keys] = [service(), table()];
    const details = await data.seal(keys.manager, TENANT, 'aud_1', person);
    const theirs = await data.seal(keys.manager, 'tnt_b', 'aud_2', person);
    expect(await data.destroy(keys.manager, TENANT)).toBe(1);
    const later = await data.seal(keys.manager, TENANT, 'aud_3', person);
    const open = await data.opener(keys.manager, TENANT);
    expect(readable(details, open({ id: 'aud_1', details }))).toEqual({
      kind: 'user',
      before: null,
      after: { name: { erased: true }, E_mail: { erased: true }, tags: ['a', { phone: { erased: true } }] },
    });
    expect(readable(later, open({ id: 'aud_3', details: later }))).toEqual(person);
    const openTheirs = await data.opener(keys.manager, 'tnt_b');
    expect(readable(theirs, openTheirs({ id: 'aud_2', details: theirs }))).toEqual(person);
  });

  it('does not open in another record or another tenant, where somebody put it', async () => {
    const [data, keys] = [service(), table()];
    const details = await data.seal(keys.manager, TENANT, 'aud_1', person);
    const open = await data.opener(keys.manager, TENANT);
    expect(open({ id: 'aud_2', details })).toBeUndefined();
    keys.rows.push(...keys.rows.map((row) => ({ ...row, tenant: 'tnt_b' })));
    await expect(data.opener(keys.manager, 'tnt_b')).rejects.toThrow(/AUDIT_DATA_KEY does not open/);
  });

  it('is not read with another AUDIT_DATA_KEY: that is told, not taken for an erasure', async () => {
    const keys = table();
    await service().seal(keys.manager, TENANT, 'aud_1', person);
    await expect(service().opener(keys.manager, TENANT)).rejects.toThrow(/AUDIT_DATA_KEY does not open/);
    await expect(service().seal(keys.manager, TENANT, 'aud_2', person)).rejects.toThrow(/AUDIT_DATA_KEY does not open/);
  });

  it('cannot be feigned: members that look sealed are renamed before they are stored', () => {
    const feigned = { [SEALED]: { key: 'k', sha256: 'x', box: 'y' }, of: { [SEALED]: 0 } };
    expect(auditDetails(feigned)).toEqual({ sealed: { key: 'k', sha256: 'x', box: 'y' }, of: { sealed: 0 } });
    expect(readable(auditDetails(feigned) as Json, undefined)).toEqual(auditDetails(feigned));
  });

  it('stays bounded, however many members are personal', async () => {
    const [data, keys] = [service(), table()];
    const many = auditDetails({ list: Array.from({ length: 5_000 }, () => ({ name: 1 })) });
    const details = await data.seal(keys.manager, TENANT, 'aud_1', many);
    expect(Buffer.byteLength(JSON.stringify(details))).toBeLessThan(40_000);
  });
});
