import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { Enrollment, machine, type Enrolled } from './support/enrollment.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const DIAGNOSTICS = '/api/v1/diagnostics';
let enrollment: Enrollment;
let manager: string;
let technician: string;

beforeAll(async () => {
  [enrollment, manager, technician] = await Promise.all([
    Enrollment.of(api),
    api.tokenOf('manager'),
    api.tokenOf('technician'),
  ]);
});

const send = (credential: string, changes?: Record<string, unknown>) =>
  api.call(DIAGNOSTICS, { token: credential, json: diagnosticBody(changes) });
const failing = {
  storage: { status: 'ok', data: { fsSize: [fileSystem(97)], diskLayout: [disk(5)] } },
};

describe('an agent', () => {
  let device: Record<string, unknown>;
  let agent: Enrolled;
  let other: Enrolled;

  beforeAll(async () => {
    device = machine();
    [agent, other] = await Promise.all([enrollment.enroll(device), enrollment.enroll()]);
  });

  it('201 stores diagnostics of its own device, with findings, samples, audit and event', async () => {
    const answer = await send(agent.credential, { device, sections: failing });
    expect(answer.status).toBe(201);
    expect(answer.body.device_id).toBe(agent.device_id);
    expect(answer.body.findings.length).toBeGreaterThan(0);
    const { id } = answer.body;
    expect(await rows('select actor_type, user_id from audit_events where resource_id = $1', [id])).toEqual([
      { actor_type: 'agent', user_id: agent.device_id },
    ]);
    expect(await count('select 1 from measurements where diagnostic_id = $1', [id])).toBeGreaterThan(0);
    expect(await count('select 1 from findings where device_id = $1', [agent.device_id])).toBeGreaterThan(0);
    await waitFor(
      async () => (await count(`select 1 from outbox where payload ->> 'diagnostic_id' = $1`, [id])) === 0,
      { timeoutMs: 10_000 },
    );
  });

  it('201 for its own device whatever the body says of the machine: a description decides nothing', async () => {
    const stranger = machine();
    const theirs = (await send(technician, { device: stranger })).body.device_id;
    const answer = await send(agent.credential, { device: { ...stranger, serial: device.serial, uuid: device.uuid } });
    expect(answer.status).toBe(201);
    expect(answer.body.device_id).toBe(agent.device_id);
    expect(theirs).not.toBe(agent.device_id);
    const { device: _none, ...body } = diagnosticBody();
    const named = await api.call(DIAGNOSTICS, {
      token: agent.credential,
      json: { ...body, device_id: agent.device_id },
    });
    expect(named.body.device_id).toBe(agent.device_id);
  });

  it('201 draws no other machine’s diagnostics to itself by saying that it is that machine', async () => {
    const victim = machine();
    const theirs = (await send(technician, { device: victim })).body.device_id;
    const thief = await enrollment.enroll();
    const claimed = await send(thief.credential, { device: victim, collected_at: new Date().toISOString() });
    expect(claimed.body.device_id).toBe(thief.device_id);
    const marked = await rows('select serial, hardware_uuid from devices where id = $1', [thief.device_id]);
    expect(marked).toEqual([{ serial: victim.serial, hardware_uuid: victim.uuid }]);
    for (const device of [victim, { serial: victim.serial }, { uuid: victim.uuid }]) {
      const sent = await send(technician, { device });
      expect(sent.body.device_id).toBe(theirs);
      expect((await api.call(`${DIAGNOSTICS}/${sent.body.id}`, { token: thief.credential })).status).toBe(404);
    }
  });

  it('404 byte for byte the same for another device’s id and an unknown one', async () => {
    const { device: _none, ...body } = diagnosticBody();
    const unknown = `dev_${'0'.repeat(31)}1`;
    const post = (device_id: string) =>
      api.call(DIAGNOSTICS, { token: agent.credential, json: { ...body, device_id } });
    const foreign = await post(other.device_id);
    expect(foreign.body.code).toBe('device-not-found');
    expect(comparable(foreign, other.device_id)).toEqual(comparable(await post(unknown), unknown));
  });

  it('201 once a key, also in a batch', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const json = diagnosticBody({ device });
    const answers = [];
    for (let time = 0; time < 2; time += 1)
      answers.push(await api.call(DIAGNOSTICS, { token: agent.credential, json, headers }));
    expect(answers[1]?.body.id).toBe(answers[0]?.body.id);
    const batch = await api.call(`${DIAGNOSTICS}/batch`, {
      token: agent.credential,
      json: {
        diagnostics: [diagnosticBody({ device }), { type: 'full' }, diagnosticBody({ device, sections: failing })],
      },
    });
    expect(batch.status).toBe(200);
    expect(batch.body.results.map(({ status }: { status: number }) => status)).toEqual([201, 422, 201]);
    for (const { id } of [batch.body.results[0], batch.body.results[2]])
      expect(await rows('select device_id from diagnostics where id = $1', [id])).toEqual([
        { device_id: agent.device_id },
      ]);
  });

  it('200 reads its own device and its own diagnostics; those of others are not there', async () => {
    const mine = (await send(agent.credential, { device })).body.id;
    const theirs = (await send(other.credential)).body.id;
    const page = await api.call(`/api/v1/devices/${agent.device_id}`, { token: agent.credential });
    expect(page.status).toBe(200);
    expect(page.body.latest_diagnostic_id).toBe(mine);
    expect((await api.call(`${DIAGNOSTICS}/${mine}`, { token: agent.credential })).status).toBe(200);
    // Also when a person has just put it into the cache.
    expect((await api.call(`${DIAGNOSTICS}/${theirs}`, { token: technician })).status).toBe(200);
    for (const [path, unknown] of [
      [`${DIAGNOSTICS}/${theirs}`, `${DIAGNOSTICS}/dgn_${'0'.repeat(32)}`],
      [`/api/v1/devices/${other.device_id}`, `/api/v1/devices/dev_${'0'.repeat(32)}`],
    ] as const) {
      const foreign = await api.call(path, { token: agent.credential });
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, path)).toEqual(
        comparable(await api.call(unknown, { token: agent.credential }), unknown),
      );
    }
    const listed = (await api.call(`${DIAGNOSTICS}?limit=200`, { token: agent.credential })).body.data;
    expect(new Set(listed.map((each: { device_id: string }) => each.device_id))).toEqual(new Set([agent.device_id]));
    const others = await api.call(`${DIAGNOSTICS}?device_id=${other.device_id}`, { token: agent.credential });
    expect(others.body.data).toEqual([]);
  });

  it('200 sees its site and not its customer', async () => {
    const customer = await api.call('/api/v1/customers', { token: technician, json: { name: 'Secret Customer' } });
    const json = { customer_id: customer.body.id, name: 'Balcão' };
    const site = (await api.call('/api/v1/sites', { token: technician, json })).body;
    const placed = await enrollment.enroll(machine(), { settings: { site_id: site.id } });
    const page = await api.call(`/api/v1/devices/${placed.device_id}`, { token: placed.credential });
    expect(page.body.site).toEqual({ id: site.id, name: 'Balcão' });
    expect(page.text).not.toContain('Secret Customer');
    expect((await send(placed.credential)).status).toBe(201);
  });

  it('403 on every route that does not name agents', async () => {
    const { paths } = (await api.call('/api/openapi.json')).body;
    const open: string[] = [];
    for (const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(paths)) {
      for (const [verb, operation] of Object.entries(item)) {
        const roles = operation['x-allowed-roles'] as string[] | undefined;
        if (!roles) continue;
        const method = verb.toUpperCase();
        if (roles.includes('agent')) {
          open.push(`${method} ${path}`);
          continue;
        }
        const call = { method, token: agent.credential, ...(method !== 'GET' && { json: {} }) };
        const answer = await api.call(path.replaceAll(/\{\w+\}/g, 'x'), call);
        expect([method, path, answer.status]).toEqual([method, path, 403]);
      }
    }
    expect(open.sort()).toEqual([
      'GET /api/v1/devices/{id}',
      'GET /api/v1/diagnostics',
      'GET /api/v1/diagnostics/{id}',
      'POST /api/v1/diagnostics',
      'POST /api/v1/diagnostics/batch',
    ]);
  });

  it('403 for everything that is a person’s', async () => {
    const { device_id, credential } = agent;
    for (const [method, path, json] of [
      ['GET', '/api/v1/devices', undefined],
      ['PATCH', `/api/v1/devices/${device_id}`, { name: 'me' }],
      ['DELETE', `/api/v1/devices/${device_id}`, undefined],
      ['POST', `/api/v1/devices/${device_id}/revoke`, undefined],
      ['GET', '/api/v1/customers', undefined],
      ['GET', '/api/v1/sites', undefined],
      ['GET', '/api/v1/findings', undefined],
      ['POST', '/api/v1/enrollment-tokens', {}],
      ['GET', '/api/v1/auth/me', undefined],
    ] as const) {
      const answer = await api.call(path, { method, token: credential, json });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });

  it('the first diagnostic is when its credential was first used', async () => {
    const fresh = await enrollment.enroll();
    const used = () =>
      rows<{ first_used_at: Date | null }>('select first_used_at from device_credentials where id = $1', [
        fresh.credential_id,
      ]);
    await api.call(`/api/v1/devices/${fresh.device_id}`, { token: fresh.credential });
    expect(await used()).toEqual([{ first_used_at: null }]);
    const first = await send(fresh.credential);
    const at = [{ first_used_at: new Date(first.body.received_at) }];
    expect(await used()).toEqual(at);
    await send(fresh.credential);
    expect(await used()).toEqual(at);
  });
});

describe('a credential', () => {
  it('401 is one answer for one that is unknown, malformed or shortened', async () => {
    const { credential } = await enrollment.enroll();
    for (const token of [
      `tzd_${'A'.repeat(43)}`,
      'tzd_',
      credential.slice(0, -1),
      `${credential}A`,
      `TZD_${credential.slice(4)}`,
    ]) {
      const answer = await api.call(DIAGNOSTICS, { token });
      expect([answer.status, answer.body.code]).toEqual([401, 'invalid-token']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
  });

  it('is worth nothing as a hash, as its id or where an enrollment token is wanted', async () => {
    const { credential, credential_id } = await enrollment.enroll();
    const [stored] = await rows<{ secret_hash: string }>('select secret_hash from device_credentials where id = $1', [
      credential_id,
    ]);
    for (const token of [`tzd_${stored?.secret_hash}`, stored?.secret_hash, credential_id])
      expect((await api.call(DIAGNOSTICS, { token })).status).toBe(401);
    const enrollmentToken = (await enrollment.token()).token;
    expect((await api.call(DIAGNOSTICS, { token: enrollmentToken })).status).toBe(401);
    expect((await enrollment.ask(`tze_${credential.slice(4)}`)).status).toBe(401);
  });

  it.each([
    ['POST', '/revoke'],
    ['DELETE', '/credential'],
  ])(
    '204 %s %s ends it within a second; the device and its evidence stay, and it is on record',
    async (method, suffix) => {
      const agent = await enrollment.enroll();
      const { id } = (await send(agent.credential)).body;
      const path = `/api/v1/devices/${agent.device_id}`;
      expect((await api.call(`${path}${suffix}`, { method, token: manager })).status).toBe(204);
      const revokedAt = Date.now();
      await waitFor(async () => (await send(agent.credential)).status === 401, { timeoutMs: 5_000 });
      expect(Date.now() - revokedAt).toBeLessThan(1_000);
      expect((await api.call(`${DIAGNOSTICS}/${id}`, { token: technician })).status).toBe(200);
      const page = (await api.call(path, { token: technician })).body;
      expect(page.identity).toMatchObject({ state: 'ok', enrolled_at: null });
      expect(page.events[0].type).toBe('revoked');
      // A second time there is nothing to end, and nothing to record.
      expect((await api.call(`${path}${suffix}`, { method, token: manager })).status).toBe(204);
      expect(
        await count(`select 1 from audit_events where resource_id = $1 and event_type = 'DEVICE_REVOKED'`, [
          agent.device_id,
        ]),
      ).toBe(1);
    },
  );

  it('401 after its device was deleted', async () => {
    const agent = await enrollment.enroll();
    await api.call(`/api/v1/devices/${agent.device_id}`, { method: 'DELETE', token: manager });
    await waitFor(async () => (await send(agent.credential)).status === 401, { timeoutMs: 5_000 });
  });

  it('a revoked agent that enrolls again is on its device again', async () => {
    const agentId = randomUUID();
    const agent = await enrollment.enroll(machine(), { agentId });
    await api.call(`/api/v1/devices/${agent.device_id}/revoke`, { method: 'POST', token: manager });
    const again = await enrollment.enroll(machine({ serial: undefined, uuid: undefined }), { agentId });
    expect(again.device_id).toBe(agent.device_id);
    expect((await send(again.credential)).body.device_id).toBe(agent.device_id);
  });
});
