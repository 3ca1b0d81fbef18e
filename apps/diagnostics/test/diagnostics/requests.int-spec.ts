import { newId, newUuid, RequestDiagnostic, type Diagnostic } from '@techze/contracts';
import { DiagnosticReads } from '../../src/diagnostics/diagnostic-reads.service.js';
import { DiagnosticRequestExpiry } from '../../src/diagnostics/diagnostic-request-expiry.js';
import { DiagnosticRequests } from '../../src/diagnostics/diagnostic-requests.service.js';
import { agent, as, diagnosticOf, DiagnosticsProcesses, technician, worker } from './diagnostics-process.js';

let service: DiagnosticsProcesses;
beforeAll(async () => {
  service = await DiagnosticsProcesses.start(2);
}, 60_000);
afterAll(() => service?.stop());

async function ground() {
  const tenantId = await service.tenant();
  return { tenantId, deviceId: await service.device(tenantId) };
}

/** What the automation asks for. */
async function request(tenantId: string, deviceId: string, more: object = {}, key?: string): Promise<Diagnostic> {
  const body = RequestDiagnostic.parse({ device_id: deviceId, ...more });
  const { diagnostic } = await as(worker(tenantId), () => service.get(DiagnosticRequests).request(body), {
    ...(key !== undefined && { idempotencyKey: key }),
  });
  return diagnostic;
}

const fulfil = (tenantId: string, deviceId: string, diagnostic_id: string, replica = 0) =>
  service.post(technician(tenantId), diagnosticOf({ device_id: deviceId, diagnostic_id }), replica);
const read = (tenantId: string, id: string, replica = 0) =>
  as(technician(tenantId), () => service.get(DiagnosticReads, replica).get({ id, include: ['findings'] }));
const overdue = (id: string) =>
  service.rows(`update diagnostics set expires_at = now() - interval '1 second' where id = $1`, id);

describe('a requested diagnostic', () => {
  it('waits for its evidence for three days, and is on record', async () => {
    const { tenantId, deviceId } = await ground();
    const diagnostic = await request(tenantId, deviceId, { type: 'storage' });
    expect(diagnostic).toMatchObject({
      device_id: deviceId,
      type: 'storage',
      status: 'requested',
      collected_at: null,
      received_at: null,
      health: null,
      findings: [],
      version: 1,
    });
    const waits = Date.parse(diagnostic.expires_at ?? '') - Date.parse(diagnostic.created_at);
    expect(waits).toBe(72 * 3_600_000);
    const [row] = await service.rows('select requested_by from diagnostics where id = $1', diagnostic.id);
    expect(row).toEqual({ requested_by: 'automation' });
    const [audit] = await service.rows('select * from audit_events where resource_id = $1', diagnostic.id);
    expect(audit).toMatchObject({ event_type: 'DIAGNOSTIC_REQUESTED', actor_type: 'worker', success: true });
  });

  it('is asked for once under one key', async () => {
    const { tenantId, deviceId } = await ground();
    const key = newUuid();
    const first = await request(tenantId, deviceId, {}, key);
    expect((await request(tenantId, deviceId, {}, key)).id).toBe(first.id);
    expect(await service.rows('select from diagnostics where device_id = $1', deviceId)).toHaveLength(1);
  });

  it('is of a device that there is', async () => {
    const { tenantId } = await ground();
    const { deviceId: foreign } = await ground();
    for (const deviceId of [newId('dev'), foreign])
      await expect(request(tenantId, deviceId)).rejects.toMatchObject({ code: 'device-not-found' });
  });

  it.each([{ expires_in_s: 59 }, { expires_in_s: 31 * 86_400 }, { type: 'everything' }, { colour: 'red' }])(
    'is not asked for by %j',
    (bad) => {
      expect(RequestDiagnostic.safeParse({ device_id: newId('dev'), ...bad }).success).toBe(false);
    },
  );

  it('is fulfilled by the POST that names it: the same id, all of its verdict, and an event that says so', async () => {
    const { tenantId, deviceId } = await ground();
    const asked = await request(tenantId, deviceId, { type: 'storage' });
    await service.rows(`update diagnostics set notes = 'please', tags = '{asked}' where id = $1`, asked.id);
    const body = diagnosticOf({ device_id: deviceId, diagnostic_id: asked.id, tags: ['counter'] });
    const done = await service.post(technician(tenantId), body);
    expect(done).toMatchObject({
      id: asked.id,
      type: 'full',
      status: 'completed',
      created_at: asked.created_at,
      expires_at: null,
      notes: 'please',
      tags: ['asked', 'counter'],
      version: 2,
    });
    expect(done.health?.score).toEqual(expect.any(Number));
    expect(await read(tenantId, asked.id)).toEqual(done);
    const [event] = await service.rows<{ payload: object }>(
      `select payload from outbox where type = 'diagnostic.completed' and payload ->> 'diagnostic_id' = $1`,
      asked.id,
    );
    expect(event?.payload).toMatchObject({ requested: true });
    expect(await service.rows('select from diagnostic_sections where diagnostic_id = $1', asked.id)).toHaveLength(1);
  });

  it('shows its evidence in every process at once, also where it was cached while it waited', async () => {
    const { tenantId, deviceId } = await ground();
    const asked = await request(tenantId, deviceId);
    for (const replica of [0, 1, 0, 1]) expect((await read(tenantId, asked.id, replica)).status).toBe('requested');
    await fulfil(tenantId, deviceId, asked.id, 0);
    for (const replica of [0, 1]) expect((await read(tenantId, asked.id, replica)).status).toBe('completed');
  });

  it('is fulfilled by the agent of its device, and by no other agent', async () => {
    const { tenantId, deviceId } = await ground();
    const neighbour = await service.device(tenantId);
    const asked = await request(tenantId, deviceId);
    const body = diagnosticOf({ device_id: neighbour, diagnostic_id: asked.id });
    await expect(service.post(agent(tenantId, neighbour), body)).rejects.toMatchObject({
      code: 'diagnostic-not-found',
    });
    const own = diagnosticOf({ device_id: deviceId, diagnostic_id: asked.id });
    expect((await service.post(agent(tenantId, deviceId), own)).id).toBe(asked.id);
  });

  it('of another device, another tenant or nobody is not found, and stores nothing', async () => {
    const { tenantId, deviceId } = await ground();
    const stranger = await ground();
    const asked = await request(tenantId, deviceId);
    const attempts: [string, string, string][] = [
      [tenantId, await service.device(tenantId), asked.id],
      [stranger.tenantId, stranger.deviceId, asked.id],
      [tenantId, deviceId, newId('dgn')],
    ];
    for (const attempt of attempts)
      await expect(fulfil(...attempt)).rejects.toMatchObject({ code: 'diagnostic-not-found' });
    const body = diagnosticOf({ device: { serial: `SN-${newUuid()}` }, diagnostic_id: asked.id });
    await expect(service.post(technician(tenantId), body)).rejects.toMatchObject({ code: 'diagnostic-not-found' });
    expect(await service.rows('select from devices where serial = $1', body.device?.serial)).toEqual([]);
    expect((await read(tenantId, asked.id)).status).toBe('requested');
  });

  it('takes evidence once: of ten at once one wins, the others are told', async () => {
    const { tenantId, deviceId } = await ground();
    const asked = await request(tenantId, deviceId);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => fulfil(tenantId, deviceId, asked.id, index % 2)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'diagnostic-not-open' });
    expect(await service.rows('select from diagnostic_sections where diagnostic_id = $1', asked.id)).toHaveLength(1);
  });

  it.each(['cancelled', 'expired', 'failed', 'completed', 'received', 'processing'])(
    'that is %s takes none',
    async (status) => {
      const { tenantId, deviceId } = await ground();
      const asked = await request(tenantId, deviceId);
      await service.rows('update diagnostics set status = $2, collected_at = now() where id = $1', asked.id, status);
      await expect(fulfil(tenantId, deviceId, asked.id)).rejects.toMatchObject({ code: 'diagnostic-not-open' });
    },
  );

  it('that is overdue takes none, swept or not', async () => {
    const { tenantId, deviceId } = await ground();
    const asked = await request(tenantId, deviceId);
    await overdue(asked.id);
    await expect(fulfil(tenantId, deviceId, asked.id)).rejects.toMatchObject({ code: 'diagnostic-not-open' });
  });
});

describe('the sweep of overdue ones', () => {
  it('ends them once, in all tenants, whoever else sweeps; on record, and out of every cache', async () => {
    const [one, other] = [await ground(), await ground()];
    const late = await Promise.all([one, other].map(({ tenantId, deviceId }) => request(tenantId, deviceId)));
    const early = await request(one.tenantId, one.deviceId);
    for (const { id } of late) {
      await service.rows(`update diagnostics set status = 'collecting' where id = $1`, id);
      await overdue(id);
    }
    await service.untilReplicated();
    for (const replica of [0, 1]) await read(one.tenantId, late[0]!.id, replica);
    await Promise.all([0, 1, 0, 1].map((replica) => service.get(DiagnosticRequestExpiry, replica).sweep()));
    for (const [index, { tenantId }] of [one, other].entries()) {
      const id = late[index]!.id;
      for (const replica of [0, 1])
        expect(await read(tenantId, id, replica)).toMatchObject({ status: 'expired', version: 2 });
      const audits = await service.rows(
        `select details from audit_events where resource_id = $1 and event_type = 'DIAGNOSTIC_UPDATED'`,
        id,
      );
      expect(audits).toEqual([{ details: { before: { status: 'collecting' }, after: { status: 'expired' } } }]);
    }
    expect((await read(one.tenantId, early.id)).status).toBe('requested');
  });

  it('passes over one that somebody is fulfilling right now', async () => {
    const { tenantId, deviceId } = await ground();
    const asked = await request(tenantId, deviceId);
    await overdue(asked.id);
    await service.untilReplicated();
    await service.rows('begin');
    await service.rows('select from diagnostics where id = $1 for update', asked.id);
    await service.get(DiagnosticRequestExpiry).sweep();
    await service.rows('commit');
    expect((await read(tenantId, asked.id)).status).toBe('requested');
  });
});
