import { randomUUID } from 'node:crypto';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
let technician: string;

beforeAll(async () => {
  technician = await api.tokenOf('technician');
});

const post = (json: unknown, headers: Record<string, string> = {}) =>
  api.call(PATH, { token: technician, json, headers });

/** A device, and a diagnostic that the service was asked for: there is no route to ask for one. */
async function asked(): Promise<{ id: string; body: Record<string, unknown> }> {
  const { body: known } = await post(diagnosticBody());
  const id = `dgn_${randomUUID().replaceAll('-', '')}`;
  await rows(
    `insert into diagnostics (tenant_id, id, device_id, type, status, schema_version, findings, expires_at)
     select tenant_id, $1, id, 'full', 'requested', 1, '[]', now() + interval '1 hour' from devices where id = $2`,
    [id, known.device_id],
  );
  const { device: _device, ...rest } = diagnosticBody({ device_id: known.device_id, diagnostic_id: id });
  return { id, body: rest };
}

describe('POST /api/v1/diagnostics with a diagnostic_id', () => {
  it('201 fulfils it under its own id, and its key brings the answer again', async () => {
    const { id, body } = await asked();
    expect((await api.call(`${PATH}/${id}`, { token: technician })).body).toMatchObject({
      status: 'requested',
      health: null,
      expires_at: expect.stringMatching(/Z$/),
    });
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await post(body, headers);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect(answer.body).toMatchObject({ id, status: 'completed', expires_at: null, version: 2 });
    expect((await api.call(`${PATH}/${id}`, { token: technician })).body).toEqual(answer.body);
    const again = await post(body, headers);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(answer.body);
  });

  it('409 when it has its evidence already, or was cancelled', async () => {
    const { id, body } = await asked();
    await post(body);
    expect((await post(body)).body).toMatchObject({ status: 409, code: 'diagnostic-not-open' });
    const other = await asked();
    await api.call(`${PATH}/${other.id}`, { method: 'PATCH', token: technician, json: { status: 'cancelled' } });
    expect((await post(other.body)).body).toMatchObject({ status: 409, code: 'diagnostic-not-open' });
    expect((await api.call(`${PATH}/${id}`, { token: technician })).body.status).toBe('completed');
  });

  it('201 for one of many at once, 409 for the others', async () => {
    const { body } = await asked();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('404 for one of another device, another tenant or nobody, all alike', async () => {
    const { id } = await asked();
    const stranger = await api.tokenOf('technician', 1);
    const answers = [
      await post(diagnosticBody({ diagnostic_id: id })),
      await post(diagnosticBody({ diagnostic_id: `dgn_${'0'.repeat(32)}` })),
      await api.call(PATH, { token: stranger, json: diagnosticBody({ diagnostic_id: id }) }),
    ];
    for (const { body } of answers)
      expect({ ...body, request_id: '' }).toEqual({
        ...answers[0]?.body,
        request_id: '',
        code: 'diagnostic-not-found',
        status: 404,
      });
  });

  it('422 for an id that is none', async () => {
    expect((await post(diagnosticBody({ diagnostic_id: 'nope' }))).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/diagnostic_id' }],
    });
  });
});
