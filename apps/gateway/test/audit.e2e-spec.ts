import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID, verify as verifySignature } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditEvent, AuditPage, AuditProof, AuditVerification, newId } from '@techze/contracts';
import { projectRoot } from '@techze/local-stack';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { gatewayEnvironment } from './support/opened-details.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATHS = ['/api/v1/audit', '/api/v1/audit/export', '/api/v1/audit/verify', '/api/v1/audit/aud_x/proof'];
let tenant: OwnTenant;
let admin: string;
let folder: string;
let keyFile: string;

const get = (path: string, token = admin) => api.call(`/api/v1/audit${path}`, { token });
const untilSealed = () =>
  waitFor(async () => (await count('select from audit_unsealed where tenant_id = $1', [tenant.id])) === 0);

/** Writes as the recorder does: what tests of other files do would come in between. */
async function record(values: Record<string, unknown> = {}): Promise<string> {
  const id = newId('aud');
  const row = { user_agent: 'curl/8', event_type: 'LOGIN_SUCCEEDED', user_id: 'user-1', resource_id: null, ...values };
  await rows(
    `insert into audit_events (tenant_id, id, timestamp, user_id, actor_type, event_type, resource_id, user_agent, success)
     values ($1, $2, clock_timestamp(), $3, 'user', $4, $5, $6, true)`,
    [tenant.id, id, row.user_id, row.event_type, row.resource_id, row.user_agent],
  );
  return id;
}

/** The program as an auditor runs it: a file, a key, nothing of ours around it. */
function verifier(...args: string[]) {
  const program = join(projectRoot(), 'dist/libs/audit/src/cli/techze-audit.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}
function checked(text: string, ...more: string[]) {
  const file = join(folder, 'export.ndjson');
  writeFileSync(file, text);
  return verifier('verify', file, '--key', keyFile, ...more);
}

beforeAll(async () => {
  tenant = await ownTenant(api);
  admin = await tenant.tokenOf('admin');
  folder = mkdtempSync(join(tmpdir(), 'techze-audit-'));
  keyFile = join(folder, 'public.pem');
  writeFileSync(keyFile, (await get('/verify')).body.public_keys.join(''));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('who may read the audit', () => {
  it.each(PATHS)('%s: admins and operators, and nobody else', async (path) => {
    for (const role of ['viewer', 'technician', 'manager']) {
      const answer = await api.call(path, { token: await tenant.tokenOf(role) });
      expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    }
    expect((await api.call(path)).status).toBe(401);
    expect((await api.call(path, { token: admin, method: 'POST' })).status).toBe(405);
  });

  it('operators read the trail of the installation: failed log-ins of nobody we know, and nothing of a tenant', async () => {
    const email = `${randomUUID()}@nowhere.example`;
    const failed = await api.call('/api/v1/auth/login', { json: { email, password: 'a password of nobody' } });
    const request = failed.headers.get('x-request-id');
    const token = await api.tokenOf('operator');
    const { status, body, text } = await api.call('/api/v1/audit?type=LOGIN_FAILED&limit=200', { token });
    expect(status).toBe(200);
    expect((body.data as AuditEvent[]).map(({ request_id }) => request_id)).toContain(request);
    const mine = await rows<{ id: string }>('select id from audit_events where tenant_id = $1', [tenant.id]);
    for (const { id } of mine) expect(text).not.toContain(id);
    expect((await api.call(`/api/v1/audit/${mine[0]?.id}/proof`, { token })).status).toBe(404);
  });

  it('another tenant’s event is as unknown as none: nothing of it in a list, an export or a proof', async () => {
    const [foreign] = await rows<{ id: string }>('select id from audit_events where tenant_id <> $1 limit 1', [
      tenant.id,
    ]);
    const neutral = (text: string) => text.replaceAll(/"(instance|request_id)":"[^"]*"/g, '');
    const [theirs, nobodys] = [await get(`/${foreign?.id}/proof`), await get(`/${newId('aud')}/proof`)];
    expect([theirs.status, theirs.body.code]).toEqual([404, 'audit-event-not-found']);
    expect(neutral(theirs.text)).toBe(neutral(nobodys.text));
    await untilSealed();
    for (const path of ['?limit=200', '/export', '/export?format=csv'])
      expect((await get(path)).text).not.toContain(foreign?.id);
  });
});

describe('the list', () => {
  it('shows the documentation’s keys and ours, newest first, page by page', async () => {
    const ids = [await record(), await record(), await record()];
    const first = await get('?limit=2');
    expect(AuditPage.parse(first.body)).toEqual(first.body);
    expect(first.body.data.map(({ id }: AuditEvent) => id)).toEqual([ids[2], ids[1]]);
    expect(Object.keys(first.body.data[0]).sort()).toEqual(Object.keys(AuditEvent.shape).sort());
    const second = await get(`?limit=2&cursor=${first.body.page.next_cursor}&type=LOGIN_SUCCEEDED`);
    expect(second.body.data[0].id).toBe(ids[0]);
  });

  it('is filtered by actor, type, resource and time', async () => {
    const id = await record({ user_id: 'user-2', event_type: 'DEVICE_DELETED', resource_id: 'dev_7' });
    const { timestamp } = (await get('?actor=user-2')).body.data[0];
    const found = async (query: string) => (await get(query)).body.data.map((event: AuditEvent) => event.id);
    for (const query of ['?actor=user-2', '?type=DEVICE_DELETED', '?resource=dev_7', `?from=${timestamp}&actor=user-2`])
      expect(await found(query)).toEqual([id]);
    expect(await found(`?to=${timestamp}&actor=user-2`)).toEqual([]);
    expect(await found('?actor=user-2&resource=dev_8')).toEqual([]);
  });

  it.each(['?type=NOTHING', '?from=yesterday', '?unknown=1', '?limit=0', '?cursor=x', '?actor='])(
    'refuses %s',
    async (query) => {
      expect((await get(query)).status).toBe(422);
    },
  );

  it('is itself recorded, as are exports and verifications', async () => {
    const last = async () =>
      (
        await rows<object>('select * from audit_events where tenant_id = $1 order by timestamp desc limit 1', [
          tenant.id,
        ])
      )[0];
    await get('?actor=user-9');
    expect(await last()).toMatchObject({ event_type: 'AUDIT_READ', details: { filters: { actor: 'user-9' } } });
    await get('/export?format=csv');
    expect(await last()).toMatchObject({ event_type: 'EXPORT', resource_id: 'audit', details: { format: 'csv' } });
    await get('/verify');
    expect(await last()).toMatchObject({ event_type: 'AUDIT_VERIFIED', success: true });
  });
});

describe('an export', () => {
  it('holds every sealed record, and is verified by a program that has nothing but it and the public key', async () => {
    await record();
    await untilSealed();
    const answer = await get('/export');
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.ndjson"');
    const { status, stdout } = checked(answer.text);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/VERIFIED\n$/)]);
    const records = answer.text.split('\n').filter((line) => line.startsWith('{"kind":"record"'));
    expect(stdout).toContain(`${records.length} records in`);
    expect(records.length).toBeGreaterThan(5);
  });

  it('whose line was changed, taken out or doubled is not, and the program says which', async () => {
    const text = (await get('/export')).text;
    const lines = text.trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes('"kind":"record"'));
    const { sequence } = JSON.parse(lines[at] ?? '') as { sequence: number };
    const joined = (changed: string[]) => `${changed.join('\n')}\n`;
    const change = checked(joined(lines.with(at, (lines[at] ?? '').replace('"success":true', '"success":false'))));
    expect([change.status, change.stdout]).toEqual([1, expect.stringContaining(`record ${sequence} `)]);
    const gone = checked(joined(lines.toSpliced(at, 1)));
    expect([gone.status, gone.stdout]).toEqual([
      1,
      expect.stringContaining(`record ${sequence}: the record is missing`),
    ]);
    const doubled = checked(joined(lines.toSpliced(at, 0, lines[at] ?? '')));
    expect([doubled.status, doubled.stdout]).toEqual([1, expect.stringContaining('inserted')]);
    const stranger = join(folder, 'stranger.pem');
    writeFileSync(stranger, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
    expect(checked(text, '--key', stranger).status).toBe(1);
  });

  it('of a filter is verified too, by the hashes of what it leaves out', async () => {
    const answer = await get('/export?type=DEVICE_DELETED');
    const kinds = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds.filter((kind) => kind === 'record')).toHaveLength(1);
    const { status, stdout } = checked(answer.text, '--extract');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/only type=DEVICE_DELETED[^]*\nEXTRACT VERIFIED/)]);
    expect(checked((await get('/export?actor=nobody')).text, '--extract').status).toBe(0);
    const unasked = checked(answer.text);
    expect([unasked.status, unasked.stdout]).toEqual([1, expect.stringMatching(/with filters[^]*NOT VERIFIED: 1 /)]);
  });

  it('as CSV holds the records, and no cell that a spreadsheet would run', async () => {
    await record({ user_agent: '=HYPERLINK("http://x")', resource_id: '@x' });
    await untilSealed();
    const answer = await get('/export?format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'sequence,id,timestamp,user_id,actor_type,event_type,resource_id,ip_address,user_agent,success,details,request_id',
    );
    expect(lines.at(-1)).toContain(`,'@x,,"'=HYPERLINK(""http://x"")",true,{},`);
    expect((await get('/export?format=xml')).status).toBe(422);
  });
});

describe('personal data in details', () => {
  const name = `Ana ${randomUUID()}`;
  /** The operators' program, with the surroundings of the gateway. */
  const erase = (id: string, confirm = id) => {
    const program = join(projectRoot(), 'dist/apps/gateway/src/cli/techze-admin.js');
    const args = [program, 'tenants', 'erase-audit-data', id, '--confirm', confirm];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: gatewayEnvironment(api.suite),
    });
    return { status, stdout, stderr };
  };

  it('is shown to admins and proved in an export, and stands nowhere in the database as it is', async () => {
    const made = await api.call('/api/v1/customers', { token: await tenant.tokenOf('technician'), json: { name } });
    const [event] = (await get(`?resource=${made.body.id}`)).body.data as AuditEvent[];
    expect(JSON.stringify(event?.details)).toContain(name);
    expect(
      await count(`select from audit_events where id = $1 and strpos(details::text, $2) = 0`, [event?.id, name]),
    ).toBe(1);
    await untilSealed();
    const { text } = await get('/export');
    expect(text).toContain(name);
    expect(checked(text).status).toBe(0);
    const forged = checked(text.replace(name, 'Eva'));
    expect([forged.status, forged.stdout]).toEqual([1, expect.stringContaining('not what was sealed')]);
    expect((await get('/export?format=csv')).text).toContain(name);
    const { event: stored, opened } = AuditProof.parse((await get(`/${event?.id}/proof`)).body);
    expect([JSON.stringify(stored).includes(name), opened?.includes(name)]).toEqual([false, true]);
  });

  it('is gone for good once the key is destroyed; every hash stays valid, and what comes later is readable', async () => {
    expect(erase(tenant.id, 'tnt_other')).toMatchObject({ status: 1, stdout: '' });
    expect((await get('?type=CUSTOMER_CREATED')).text).toContain(name);
    expect(erase(tenant.id)).toMatchObject({ status: 0, stderr: '' });
    const { text, body } = await get('?type=CUSTOMER_CREATED');
    expect(text).not.toContain(name);
    expect(body.data[0].details).toMatchObject({ after: { name: { erased: true } } });
    await untilSealed();
    const exported = (await get('/export')).text;
    expect(exported).not.toContain(name);
    expect(checked(exported)).toMatchObject({ status: 0 });
    expect((await get('/verify')).body).toMatchObject({ verified: true });
    expect((await get('?type=AUDIT_ERASED')).body.data).toHaveLength(1);
    const later = await api.call('/api/v1/customers', { token: await tenant.tokenOf('technician'), json: { name } });
    expect((await get(`?resource=${later.body.id}`)).text).toContain(name);
  }, 90_000);
});

describe('verification by the service', () => {
  const verify = async (query = '') => AuditVerification.parse((await get(`/verify${query}`)).body);

  it('finds nothing wrong, from the beginning and from any batch', async () => {
    await untilSealed();
    const whole = await verify();
    expect(whole).toMatchObject({ verified: true, complete: true, from_batch: 1, next_batch: null, faults: [] });
    expect(whole.last_head?.tenant_id).toBe(tenant.id);
    const rest = await verify('?from_batch=2');
    expect(rest).toMatchObject({ verified: true, complete: true });
    expect(rest.records).toBeGreaterThan(0);
    expect(await verify('?from_batch=999999')).toMatchObject({ verified: false, faults: [{ batch: 999_998 }] });
    expect((await get('/verify?from_batch=0')).status).toBe(422);
  });

  it('a proof leads from the event to the signed root', async () => {
    const id = await record();
    await waitFor(async () => (await get(`/${id}/proof`)).status === 200);
    const proof = AuditProof.parse((await get(`/${id}/proof`)).body);
    expect(proof.event.id).toBe(id);
    const { head, leaf } = proof;
    expect(proof.index).toBe((proof.event.sequence ?? 0) - head.from_sequence);
    expect(rootOf(leaf, proof.index, head.to_sequence - head.from_sequence + 1, proof.path)).toBe(head.root);
    expect(leaf).toBe(sha256(Buffer.of(0), Buffer.from(canonical({ tenant_id: tenant.id, ...proof.event }))));
    const { signature, ...signed } = head;
    const bytes = Buffer.from(canonical({ is: 'techze audit head 1', ...signed }));
    expect(verifySignature(null, bytes, readFileSync(keyFile), Buffer.from(signature, 'hex'))).toBe(true);
  });

  it('and by the program from an export: finds what a superuser did in the database', async () => {
    await untilSealed();
    const [{ id = '', sequence = '' } = {}] = await rows<{ id: string; sequence: string }>(
      'select event_id as id, sequence from audit_seals where tenant_id = $1 order by sequence limit 1 offset 2',
      [tenant.id],
    );
    const tamper = (sql: string) => rows(withReplicaRole(sql));
    await tamper(`update audit_events set user_id = 'somebody else' where id = '${id}'`);
    const place = { sequence: Number(sequence), record_id: id };
    expect(await verify()).toMatchObject({ verified: false, faults: [place] });
    const found = checked((await get('/export')).text);
    expect([found.status, found.stdout]).toEqual([1, expect.stringContaining(id)]);
    await tamper(`delete from audit_events where id = '${id}'`);
    expect((await verify()).faults[0]).toMatchObject({ sequence: Number(sequence) });
    await tamper(`insert into audit_events (tenant_id, id, timestamp, actor_type, event_type, success)
      values ('${tenant.id}', 'aud_kept_from_the_seal', now() - interval '1 hour', 'user', 'LOGOUT', true)`);
    expect((await verify()).faults.at(-1)?.detail).toContain('no seal');
  });
});

/** RFC 9162, 2.1.3.2, written anew from its text: the proof must hold for who has nothing of ours. */
function rootOf(leaf: string, index: number, size: number, path: readonly string[]): string {
  let [fn, sn, root] = [index, size - 1, leaf];
  const node = (left: string, right: string) => sha256(Buffer.of(1), Buffer.from(left + right, 'hex'));
  for (const sibling of path) {
    if (fn % 2 === 1 || fn === sn) {
      root = node(sibling, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      root = node(root, sibling);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return root;
}

function sha256(...parts: readonly Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex');
}

/** Enough of RFC 8785 for members without members of their own. */
function canonical(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Past the triggers, as only a superuser can; for this one statement. */
function withReplicaRole(sql: string): string {
  return `begin; set local session_replication_role = replica; ${sql}; commit`;
}

describe('techze-audit', () => {
  it('explains itself', () => {
    const help = verifier('verify', '--help');
    expect([help.status, help.stdout]).toEqual([0, expect.stringMatching(/--key <file>[^]*Exit status/)]);
    expect(verifier('--help').stdout).toContain('verify');
  });

  it.each([
    ['no key', ['verify', 'export.ndjson']],
    ['no file', ['verify']],
    ['a file that is not there', ['verify', '/nowhere', '--key', '/nowhere']],
    ['a time that is none', ['verify', 'export.ndjson', '--key', 'public.pem', '--taken', 'yesterday']],
  ])('with %s ends with 2', (_what, args) => {
    const { status, stdout, stderr } = verifier(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
  });
});
