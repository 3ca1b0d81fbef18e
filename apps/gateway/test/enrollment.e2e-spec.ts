import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment, machine } from './support/enrollment.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const TOKENS = '/api/v1/enrollment-tokens';
const UNKNOWN = `ent_${'0'.repeat(31)}1`;
let admin: string;
let enrollment: Enrollment;

beforeAll(async () => {
  admin = await api.tokenOf('admin');
  enrollment = new Enrollment(api, admin);
});

const site = async () => {
  const token = await api.tokenOf('technician');
  const customer = await api.call('/api/v1/customers', { token, json: { name: 'Padaria' } });
  const json = { customer_id: customer.body.id, name: 'Balcão' };
  return (await api.call('/api/v1/sites', { token, json })).body;
};
const audited = (id: string | null, agentId?: string) =>
  rows<{ event_type: string; success: boolean; actor_type: string; details: Record<string, unknown> }>(
    `select event_type, success, actor_type, details from audit_events
     where resource_id is not distinct from $1 and ($2::text is null or details ->> 'agent_id' = $2) order by timestamp`,
    [id, agentId ?? null],
  );

describe('/api/v1/enrollment-tokens', () => {
  it('201 shows the token once, and keeps only its hash', async () => {
    const { id: siteId } = await site();
    const json = { name: 'November', site_id: siteId, expires_in_hours: 2, max_uses: 5 };
    const answer = await api.call(TOKENS, { token: admin, json });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, ...shown } = answer.body;
    expect(token).toMatch(/^tze_[A-Za-z0-9_-]{43}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^ent_[0-9a-f]{32}$/),
      name: 'November',
      site_id: siteId,
      expires_at: expect.any(String),
      max_uses: 5,
      uses: 0,
      last_used_at: null,
      revoked_at: null,
      created_by: expect.any(String),
      created_at: expect.any(String),
    });
    expect(Date.parse(shown.expires_at) - Date.parse(shown.created_at)).toBe(2 * 3_600_000);
    const listed = await api.call(`${TOKENS}?limit=200`, { token: admin });
    expect(listed.body.data.find((each: { id: string }) => each.id === shown.id)).toEqual(shown);
    expect(listed.text).not.toContain(token);
    const stored = await rows('select * from enrollment_tokens where id = $1', [shown.id]);
    const records = await audited(shown.id);
    expect(records.map(({ event_type }) => event_type)).toEqual(['KEY_CREATED']);
    for (const place of [stored, records]) expect(JSON.stringify(place)).not.toContain(token.slice(4));
  });

  it('201 by default lets one agent in, for 24 hours', async () => {
    const { max_uses, expires_at, created_at } = (await api.call(TOKENS, { token: admin, json: {} })).body;
    expect(max_uses).toBe(1);
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(24 * 3_600_000);
  });

  it('201 repeated under its key brings the very same token again, which nobody has kept', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const make = () => api.call(TOKENS, { token: admin, json: { name: 'again' }, headers });
    const [first, second] = [await make(), await make()];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await enrollment.ask(first.body.token)).status).toBe(201);
  });

  it.each([
    ['/expires_in_hours', { expires_in_hours: 25 }],
    ['/expires_in_hours', { expires_in_hours: 0 }],
    ['/max_uses', { max_uses: 1001 }],
    ['/max_uses', { max_uses: 0 }],
    ['/max_uses', { max_uses: 1.5 }],
    ['/site_id', { site_id: 'sit_x' }],
    ['/surprise', { surprise: true }],
  ])('422 points to %s', async (pointer, json) => {
    const answer = await api.call(TOKENS, { token: admin, json });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('403 for everybody but admins, 404 for a site that is not there', async () => {
    const manager = await api.tokenOf('manager');
    expect((await api.call(TOKENS, { token: manager, json: {} })).status).toBe(403);
    expect((await api.call(TOKENS, { token: manager })).status).toBe(403);
    expect((await api.call(`${TOKENS}/${UNKNOWN}`, { token: manager, method: 'DELETE' })).status).toBe(403);
    const json = { site_id: `sit_${'0'.repeat(31)}1` };
    expect((await api.call(TOKENS, { token: admin, json })).body.code).toBe('site-not-found');
  });

  it('204 revokes it, once and again; nobody enrolls with it then', async () => {
    const { id, token } = await enrollment.token({ max_uses: 5 });
    expect((await enrollment.ask(token)).status).toBe(201);
    for (let time = 0; time < 2; time += 1)
      expect((await api.call(`${TOKENS}/${id}`, { token: admin, method: 'DELETE' })).status).toBe(204);
    expect((await enrollment.ask(token)).body.code).toBe('invalid-enrollment-token');
    expect((await audited(id)).map(({ event_type }) => event_type)).toEqual(['KEY_CREATED', 'KEY_REVOKED']);
  });

  it('404 byte for byte the same for another tenant’s token, and it stays good', async () => {
    const { id, token } = await enrollment.token();
    const stranger = await api.tokenOf('admin', 1);
    const ask = (each: string) => api.call(`${TOKENS}/${each}`, { token: stranger, method: 'DELETE' });
    const foreign = await ask(id);
    expect(foreign.body.code).toBe('enrollment-token-not-found');
    expect(comparable(foreign, id)).toEqual(comparable(await ask(UNKNOWN), UNKNOWN));
    expect((await ask('x%00')).status).toBe(404);
    const theirs = (await api.call(`${TOKENS}?limit=200`, { token: stranger })).body.data;
    expect(theirs.map((each: { id: string }) => each.id)).not.toContain(id);
    expect((await enrollment.ask(token)).status).toBe(201);
  });
});

describe('POST /api/v1/devices/enroll', () => {
  it('201 makes the device at the token’s site and shows its credential once', async () => {
    const { id: siteId } = await site();
    const { id: tokenId, token } = await enrollment.token({ site_id: siteId });
    const agentId = randomUUID().toUpperCase();
    const device = machine();
    const answer = await enrollment.ask(token, device, agentId);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('location')).toBe(`/api/v1/devices/${answer.body.device_id}`);
    expect(answer.body).toEqual({
      device_id: expect.stringMatching(/^dev_[0-9a-f]{32}$/),
      credential: expect.stringMatching(/^tzd_[A-Za-z0-9_-]{43}$/),
      credential_id: expect.stringMatching(/^crd_[0-9a-f]{32}$/),
      site_id: siteId,
      identity_state: 'ok',
    });
    const { device_id, credential, credential_id } = answer.body;
    const page = (await api.call(`/api/v1/devices/${device_id}`, { token: admin })).body;
    expect(page).toMatchObject({
      hostname: device.hostname,
      serial: device.serial,
      site: { id: siteId },
      agent_version: '1.0.0',
      identity: { state: 'ok', agent_id: agentId.toLowerCase(), enrolled_at: expect.any(String) },
      events: [{ type: 'enrolled', details: { agent_id: agentId.toLowerCase(), made: true } }],
    });
    const [record] = await audited(device_id);
    expect(record).toEqual({
      event_type: 'DEVICE_ENROLLED',
      success: true,
      actor_type: 'worker',
      details: {
        agent_id: agentId.toLowerCase(),
        key_id: credential_id,
        enrollment: tokenId,
        made: true,
        repeated: false,
      },
    });
    const stored = [
      ...(await rows('select * from device_credentials where device_id = $1', [device_id])),
      ...(await rows('select * from idempotency_keys')),
      ...(await rows('select * from outbox')),
    ];
    expect(JSON.stringify(stored)).not.toContain(credential.slice(4));
    await waitFor(
      async () =>
        (await count(`select 1 from outbox where type = 'device.enrolled' and payload ->> 'device_id' = $1`, [
          device_id,
        ])) === 0,
      { timeoutMs: 10_000 },
    );
  });

  it('201 with no more than token and device; such an agent is another one each time', async () => {
    const { token } = await enrollment.token({ max_uses: 2 });
    const json = { token, device: machine() };
    const [first, second] = [
      await api.call('/api/v1/devices/enroll', { json }),
      await api.call('/api/v1/devices/enroll', { json }),
    ];
    expect(first.status).toBe(201);
    expect((await api.call(`/api/v1/devices/${first.body.device_id}`, { token: first.body.credential })).status).toBe(
      200,
    );
    expect(second.body.identity_state).toBe('identity_conflict');
    expect(second.body.device_id).not.toBe(first.body.device_id);
  });

  it('201 for exactly one of twenty at once when the token is for one', async () => {
    const { id, token } = await enrollment.token();
    const answers = await Promise.all(Array.from({ length: 20 }, () => enrollment.ask(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 401)]);
    expect(await rows('select uses from enrollment_tokens where id = $1', [id])).toEqual([{ uses: 1 }]);
    expect(await count('select 1 from device_credentials where enrollment_token_id = $1', [id])).toBe(1);
  });

  it('201 for as many as the token is for', async () => {
    const { token } = await enrollment.token({ max_uses: 3 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => enrollment.ask(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 401, 401, 401]);
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.device_id)).size).toBe(3);
  });

  it('401 is one answer, byte for byte, for a token that is unknown, used up, expired, revoked', async () => {
    const bodies: object[] = [];
    const ask = async (token: string) => {
      const answer = await enrollment.ask(token);
      bodies.push(comparable(answer, token));
      return answer;
    };
    const used = await enrollment.token();
    await enrollment.ask(used.token);
    const expired = await enrollment.token();
    await rows('update enrollment_tokens set expires_at = now() where id = $1', [expired.id]);
    const revoked = await enrollment.token();
    await api.call(`${TOKENS}/${revoked.id}`, { token: admin, method: 'DELETE' });
    const unknown = `tze_${'A'.repeat(43)}`;
    for (const token of [used.token, expired.token, revoked.token, unknown]) {
      expect((await ask(token)).body.code).toBe('invalid-enrollment-token');
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('a refused enrollment is on record in the token’s tenant, with the reason that the caller is not told', async () => {
    const { id, token } = await enrollment.token();
    await enrollment.ask(token);
    const agentId = randomUUID();
    await enrollment.ask(token, machine(), agentId);
    expect(await audited(null, agentId)).toEqual([
      {
        event_type: 'DEVICE_ENROLLED',
        success: false,
        actor_type: 'worker',
        details: { agent_id: agentId, enrollment: id, reason: 'used_up' },
      },
    ]);
  });

  it('201 again for an agent whose answer was lost: no use is counted, the earlier credential ends', async () => {
    const { id, token } = await enrollment.token();
    const [device, agentId] = [machine(), randomUUID()];
    const first = await enrollment.ask(token, device, agentId);
    const second = await enrollment.ask(token, device, agentId);
    expect(second.status).toBe(201);
    expect(second.body.device_id).toBe(first.body.device_id);
    expect(second.body.credential).not.toBe(first.body.credential);
    expect(await rows('select uses from enrollment_tokens where id = $1', [id])).toEqual([{ uses: 1 }]);
    const get = (credential: string) => api.call(`/api/v1/devices/${first.body.device_id}`, { token: credential });
    expect((await get(first.body.credential)).status).toBe(401);
    expect((await get(second.body.credential)).status).toBe(200);
    const page = (await get(second.body.credential)).body;
    expect(page.events.map(({ type }: { type: string }) => type)).toEqual(['enrolled']);
  });

  it('201 for an agent that asks ten times at once: one use, one device, one credential that lives', async () => {
    const { id, token } = await enrollment.token();
    const [device, agentId] = [machine(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => enrollment.ask(token, device, agentId)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.device_id)).size).toBe(1);
    expect(await rows('select uses from enrollment_tokens where id = $1', [id])).toEqual([{ uses: 1 }]);
    const living = await rows<{ id: string }>(
      'select id from device_credentials where enrollment_token_id = $1 and revoked_at is null',
      [id],
    );
    expect(living).toHaveLength(1);
    const last = answers.find(({ body }) => body.credential_id === living[0]?.id);
    expect((await api.call('/api/v1/diagnostics', { token: last?.body.credential })).status).toBe(200);
  });

  it('401 for that agent once it has used its credential', async () => {
    const { token } = await enrollment.token();
    const [device, agentId] = [machine(), randomUUID()];
    const { credential } = (await enrollment.ask(token, device, agentId)).body;
    const sent = await api.call('/api/v1/diagnostics', { token: credential, json: diagnosticBody({ device }) });
    expect(sent.status).toBe(201);
    expect((await enrollment.ask(token, device, agentId)).status).toBe(401);
    expect((await api.call('/api/v1/diagnostics', { token: credential })).status).toBe(200);
  });

  it('201 with a new token keeps the agent’s device, whatever it is called now, and ends its earlier credential', async () => {
    const agentId = randomUUID();
    const first = await enrollment.enroll(machine(), { agentId });
    const second = await enrollment.enroll(machine({ hostname: 'renamed' }), { agentId });
    expect(second.device_id).toBe(first.device_id);
    expect((await api.call('/api/v1/diagnostics', { token: first.credential })).status).toBe(401);
    expect(
      await count('select 1 from device_credentials where device_id = $1 and revoked_at is null', [first.device_id]),
    ).toBe(1);
  });

  it('201 takes over a device that was made by hand or by a person’s diagnostic', async () => {
    const technician = await api.tokenOf('technician');
    const device = machine();
    const known = await api.call('/api/v1/diagnostics', { token: technician, json: diagnosticBody({ device }) });
    const enrolled = await enrollment.enroll(device);
    expect(enrolled.device_id).toBe(known.body.device_id);
    expect(enrolled.identity_state).toBe('ok');
    // A person may still run it by hand.
    const again = await api.call('/api/v1/diagnostics', { token: technician, json: diagnosticBody({ device }) });
    expect(again.body.device_id).toBe(enrolled.device_id);
  });

  it('seven PCs with junk for a serial number enroll as seven devices at peace, even under one host name', async () => {
    const junk = { hostname: `pc-${randomUUID()}`, serial: 'To be filled by O.E.M.', uuid: undefined };
    const enrolled = [];
    for (let nth = 0; nth < 7; nth += 1) enrolled.push(await enrollment.enroll(machine(junk)));
    expect(new Set(enrolled.map(({ device_id }) => device_id)).size).toBe(7);
    expect(new Set(enrolled.map(({ identity_state }) => identity_state))).toEqual(new Set(['ok']));
  });

  it('equal machines of two tenants have nothing to do with each other', async () => {
    const device = machine();
    const ours = await enrollment.enroll(device);
    const theirs = await (await Enrollment.of(api, 1)).enroll(device);
    expect([ours.identity_state, theirs.identity_state]).toEqual(['ok', 'ok']);
    expect(theirs.device_id).not.toBe(ours.device_id);
    expect((await api.call(`/api/v1/devices/${ours.device_id}`, { token: theirs.credential })).status).toBe(404);
  });

  it.each<[string, (body: Record<string, unknown>) => void]>([
    ['/token', (body) => (body.token = 'tze_short')],
    ['/token', (body) => (body.token = `tzd_${'A'.repeat(43)}`)],
    ['/device', (body) => (body.device = { serial: 'Default string' })],
    ['/device/surprise', (body) => (body.device = { hostname: 'x', surprise: 1 })],
    ['/agent/id', (body) => (body.agent = { id: 'me', version: '1' })],
    ['/agent/version', (body) => (body.agent = { id: randomUUID() })],
    ['/tenant_id', (body) => (body.tenant_id = 'tnt_x')],
  ])('422 points to %s, and the token is not used', async (pointer, spoil) => {
    const { id, token } = await enrollment.token();
    const json = { token, device: machine(), agent: { id: randomUUID(), version: '1.0.0' } };
    spoil(json);
    const answer = await api.call('/api/v1/devices/enroll', { json });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
    expect(await rows('select uses from enrollment_tokens where id = $1', [id])).toEqual([{ uses: 0 }]);
  });
});
