import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
const UNKNOWN = `dgn_${'0'.repeat(32)}`;
let technician: string;
let manager: string;
let viewer: string;

beforeAll(async () => {
  [technician, manager, viewer] = await Promise.all([
    api.tokenOf('technician'),
    api.tokenOf('manager'),
    api.tokenOf('viewer'),
  ]);
});

const created = async (changes?: Record<string, unknown>): Promise<Answer['body']> => {
  const answer = await api.call(PATH, { token: technician, json: diagnosticBody(changes) });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const get = (id: string, token = technician, query = '') => api.call(`${PATH}/${id}${query}`, { token });
const patch = (id: string, json: unknown, headers: Record<string, string> = {}, token = technician) =>
  api.call(`${PATH}/${id}`, { method: 'PATCH', token, json, headers });
const remove = (id: string, headers: Record<string, string> = {}, token = manager) =>
  api.call(`${PATH}/${id}`, { method: 'DELETE', token, headers });
/** Deletes it, and catches the event: the outbox row itself is gone as soon as every consumer has it. */
async function deleting(id: string) {
  await rows(`
    create table kept_events as select payload from outbox where false;
    create function keep_event() returns trigger language plpgsql security definer as $$
      begin insert into public.kept_events values (new.payload); return new; end $$;
    create trigger keep_event after insert on outbox for each row
      when (new.type = 'diagnostic.deleted') execute function keep_event()`);
  try {
    const answer = await remove(id);
    const [kept] = await rows<{ payload: { measurements: unknown[] } }>(
      `select payload from kept_events where payload ->> 'diagnostic_id' = $1`,
      [id],
    );
    return { answer, event: kept?.payload };
  } finally {
    await rows('drop trigger keep_event on outbox; drop function keep_event; drop table kept_events');
  }
}

/** A diagnostic without evidence, as the service makes it on request. */
async function requested(status = 'requested'): Promise<string> {
  const { device_id } = await created();
  const id = `dgn_${randomUUID().replaceAll('-', '')}`;
  await rows(
    `insert into diagnostics (tenant_id, id, device_id, type, status, schema_version, findings, expires_at)
     select tenant_id, $1, id, 'full', $2, 1, '[]', now() + interval '1 hour' from devices where id = $3`,
    [id, status, device_id],
  );
  return id;
}

describe('PATCH /api/v1/diagnostics/{id}', () => {
  it('200 changes notes and tags, and nothing else; its ETag says so', async () => {
    const before = await created();
    const answer = await patch(before.id, { notes: 'disk replaced', tags: ['a', 'b'] });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect(answer.body).toEqual({ ...before, notes: 'disk replaced', tags: ['a', 'b'], version: 2 });
    const after = await get(before.id);
    expect(after.body).toEqual(answer.body);
    expect(after.headers.get('etag')).toBe('"v2"');
  });

  it('200 clears notes by null and leaves what is absent', async () => {
    const { id } = await created({ notes: 'old', tags: ['kept'] });
    expect((await patch(id, { notes: null })).body).toMatchObject({ notes: null, tags: ['kept'] });
    expect((await patch(id, { tags: [] })).body).toMatchObject({ notes: null, tags: [] });
  });

  it('the answer to a POST carries the first ETag', async () => {
    const answer = await api.call(PATH, { token: technician, json: diagnosticBody() });
    expect(answer.headers.get('etag')).toBe('"v1"');
  });

  it('is on record with what was before and what is after', async () => {
    const { id } = await created({ notes: 'before' });
    const answer = await patch(id, { notes: 'after' });
    const [audit] = await rows<object>(
      `select * from audit_events where resource_id = $1 and event_type = 'DIAGNOSTIC_UPDATED'`,
      [id],
    );
    expect(audit).toMatchObject({
      success: true,
      request_id: answer.headers.get('x-request-id'),
      details: { before: { notes: 'before' }, after: { notes: 'after' } },
    });
  });

  it.each([
    ['nothing', {}, ''],
    ['evidence', { sections: {} }, '/sections'],
    ['the score', { health: { score: 100 } }, '/health'],
    ['the device', { device_id: `dev_${'0'.repeat(32)}` }, '/device_id'],
    ['another status', { status: 'completed' }, '/status'],
    ['tags that are none', { tags: null }, '/tags'],
    ['too many tags', { tags: Array(51).fill('t') }, '/tags'],
    ['empty notes', { notes: '' }, '/notes'],
    ['control characters', { notes: 'a\u0000b' }, '/notes'],
    ['notes without an end', { notes: 'x'.repeat(4_001) }, '/notes'],
    ['null', null, ''],
    ['a list', [], ''],
  ])('422 for %s, and nothing changes', async (_what, json, pointer) => {
    const before = await created();
    const answer = await patch(before.id, json);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
    expect((await get(before.id)).body).toEqual(before);
  });

  it('412 for an ETag that is not the newest, 200 for the newest', async () => {
    const { id } = await created();
    const first = await patch(id, { notes: 'one' }, { 'if-match': '"v1"' });
    expect(first.status).toBe(200);
    expect((await patch(id, { notes: 'two' }, { 'if-match': '"v1"' })).body).toMatchObject({
      status: 412,
      code: 'precondition-failed',
    });
    expect((await patch(id, { notes: 'two' }, { 'if-match': 'W/"v2"' })).status).toBe(412);
    expect((await patch(id, { notes: 'two' }, { 'if-match': first.headers.get('etag') ?? '' })).status).toBe(200);
    expect((await patch(id, { notes: 'three' }, { 'if-match': '*' })).status).toBe(200);
  });

  it('of two that have read the same, one changes and the other is told', async () => {
    const { id } = await created();
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((notes) => patch(id, { notes }, { 'if-match': '"v1"' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    expect((await get(id)).body.version).toBe(2);
  });

  it('an Idempotency-Key makes it once, also where If-Match no longer holds', async () => {
    const { id } = await created();
    const headers = { 'idempotency-key': randomUUID(), 'if-match': '"v1"' };
    const first = await patch(id, { notes: 'once' }, headers);
    const second = await patch(id, { notes: 'once' }, headers);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect((await patch(id, { notes: 'another' }, headers)).body.code).toBe('idempotency-key-reused');
  });

  it('200 cancels a diagnostic that waits for its evidence', async () => {
    for (const status of ['requested', 'collecting']) {
      const id = await requested(status);
      expect((await get(id)).body).toMatchObject({ status, health: null, findings: [], collected_at: null });
      expect((await patch(id, { status: 'cancelled' })).body).toMatchObject({ status: 'cancelled', version: 2 });
      expect((await get(id)).body.status).toBe('cancelled');
      expect((await patch(id, { status: 'cancelled' })).body).toMatchObject({
        status: 409,
        code: 'diagnostic-not-open',
      });
    }
  });

  it('409 to cancel one that was received, and nothing of the change is made', async () => {
    const before = await created();
    const answer = await patch(before.id, { status: 'cancelled', notes: 'never mind' });
    expect(answer.body).toMatchObject({ status: 409, code: 'diagnostic-not-open' });
    expect((await get(before.id)).body).toEqual(before);
  });

  it('403 for a viewer; 404 for an id that is unknown, none, or another tenant’s, all alike', async () => {
    const { id } = await created();
    expect((await patch(id, { notes: 'x' }, {}, viewer)).status).toBe(403);
    const stranger = await api.tokenOf('technician', 1);
    const answers = await Promise.all([
      patch(UNKNOWN, { notes: 'x' }),
      patch('nope', { notes: 'x' }),
      patch(id, { notes: 'x' }, {}, stranger),
    ]);
    const alike = answers.map(({ status, body }) => [status, { ...body, request_id: '', instance: '' }]);
    expect(alike).toEqual(Array(3).fill([404, expect.objectContaining({ code: 'diagnostic-not-found' })]));
    expect((await get(id)).body.notes).toBe('at the counter');
  });
});

describe('DELETE /api/v1/diagnostics/{id}', () => {
  it('204 and it is gone, with its evidence and its measurements, for everybody at once', async () => {
    const { id } = await created({ collected_at: new Date().toISOString() });
    await get(id);
    await waitFor(async () => (await count('select 1 from measurements where diagnostic_id = $1', [id])) > 0);
    const answer = await remove(id);
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const token of [technician, manager, viewer]) expect((await get(id, token)).status).toBe(404);
    for (const table of ['diagnostic_sections', 'measurements'])
      expect([table, await count(`select 1 from ${table} where diagnostic_id = $1`, [id])]).toEqual([table, 0]);
    expect(await count('select 1 from diagnostics where id = $1', [id])).toBe(0);
    expect((await remove(id)).status).toBe(404);
  });

  it('is on record, and tells every consumer what counts no more', async () => {
    const diagnostic = await created({ collected_at: new Date().toISOString() });
    const { id, device_id, collected_at, health } = diagnostic;
    const [{ samples } = { samples: -1 }] = await rows<{ samples: number }>(
      'select count(*)::int as samples from measurements where diagnostic_id = $1',
      [id],
    );
    const { answer, event } = await deleting(id);
    expect(event).toMatchObject({
      device_id,
      type: 'full',
      status: 'completed',
      seen_at: collected_at,
      score: health.score,
      band: health.band,
    });
    expect(samples).toBeGreaterThan(5);
    expect(event?.measurements).toHaveLength(samples);
    expect(event?.measurements).toContainEqual({ metric: 'health.score', instance: '', value: health.score });
    const [audit] = await rows<object>(
      `select * from audit_events where resource_id = $1 and event_type = 'DIAGNOSTIC_DELETED'`,
      [id],
    );
    expect(audit).toMatchObject({
      success: true,
      request_id: answer.headers.get('x-request-id'),
      details: expect.objectContaining({ device_id, score: health.score }),
    });
  });

  it('tells also of samples that only the rollups still hold', async () => {
    const old = await created({ collected_at: '2022-01-01T00:00:00Z' });
    expect(await count('select 1 from measurements where diagnostic_id = $1', [old.id])).toBe(0);
    const { event } = await deleting(old.id);
    expect(event?.measurements).toEqual(
      expect.arrayContaining([
        { metric: 'health.score', instance: '', value: old.health.score },
        { metric: 'cpu.load', instance: '', value: 12.5 },
        { metric: 'disk.used_ratio', instance: '/', value: 0.5 },
      ]),
    );
  });

  it('the device shows the newest that is left, and at last none', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const at = (collected_at: string, used: number) =>
      created({ device, collected_at, sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(used)] } } } });
    const middle = await at('2026-02-02T00:00:00Z', 60);
    const newest = await at('2026-03-03T00:00:00Z', 99.9);
    const oldest = await at('2026-01-01T00:00:00Z', 70);
    const latest = async () =>
      (
        await rows<object>(
          'select latest_diagnostic_id, latest_collected_at, latest_score, latest_band from devices where id = $1',
          [newest.device_id],
        )
      )[0];
    const shown = ({ id, collected_at, health }: Answer['body']) => ({
      latest_diagnostic_id: id,
      latest_collected_at: new Date(collected_at),
      latest_score: health.score,
      latest_band: health.band,
    });
    expect(await latest()).toEqual(shown(newest));
    await remove(newest.id);
    expect(await latest()).toEqual(shown(middle));
    await remove(oldest.id);
    expect(await latest()).toEqual(shown(middle));
    await remove(middle.id);
    expect(await latest()).toEqual({
      latest_diagnostic_id: null,
      latest_collected_at: null,
      latest_score: null,
      latest_band: null,
    });
  });

  it('leaves the findings of the device, without pointing to what is gone', async () => {
    const { id, findings } = await created({
      sections: { storage: { status: 'ok', data: { diskLayout: [disk(5)] } } },
    });
    await remove(id);
    const [row] = await rows<object>('select last_diagnostic_id from findings where id = $1', [findings[0].id]);
    expect(row).toEqual({ last_diagnostic_id: null });
  });

  it('412 for an ETag that is not the newest, and it stays', async () => {
    const { id } = await created();
    await patch(id, { notes: 'changed' });
    expect((await remove(id, { 'if-match': '"v1"' })).body).toMatchObject({ status: 412, code: 'precondition-failed' });
    expect((await get(id)).status).toBe(200);
    expect((await remove(id, { 'if-match': '"v2"' })).status).toBe(204);
  });

  it('an Idempotency-Key answers 204 again', async () => {
    const { id } = await created();
    const headers = { 'idempotency-key': randomUUID() };
    expect([(await remove(id, headers)).status, (await remove(id, headers)).status]).toEqual([204, 204]);
  });

  it('goes with diagnostics of its device that come in meanwhile: none waits for the other for ever', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const sections = { storage: { status: 'ok', data: { diskLayout: [disk(5)], fsSize: [fileSystem(99)] } } };
    const given = await Promise.all(Array.from({ length: 6 }, () => created({ device, sections })));
    const answers = await Promise.all(
      given.flatMap(({ id }) => [
        remove(id).then(({ status }) => status),
        api.call(PATH, { token: technician, json: diagnosticBody({ device, sections }) }).then(({ status }) => status),
        patch(id, { notes: 'at once' }).then(({ status }) => (status === 404 ? 200 : status)),
      ]),
    );
    expect(answers).toEqual(given.flatMap(() => [204, 201, 200]));
    const [row] = await rows<object>(
      `select v.latest_diagnostic_id is not null and exists (select from diagnostics d where d.id = v.latest_diagnostic_id) as right,
         (select count(*)::int from diagnostics d where d.device_id = v.id) as left
       from devices v where serial = $1`,
      [device.serial],
    );
    expect(row).toEqual({ right: true, left: 6 });
  });

  it('403 for a technician; 404 for an id that is unknown, none, or another tenant’s', async () => {
    const { id } = await created();
    expect((await remove(id, {}, technician)).status).toBe(403);
    const stranger = await api.tokenOf('manager', 1);
    for (const answer of [await remove(UNKNOWN), await remove('nope'), await remove(id, {}, stranger)])
      expect(answer.body).toMatchObject({ status: 404, code: 'diagnostic-not-found' });
    expect((await get(id)).status).toBe(200);
  });
});
