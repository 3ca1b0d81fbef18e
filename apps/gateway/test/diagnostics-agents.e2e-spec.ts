import { randomUUID } from 'node:crypto';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment, type Enrolled } from './support/enrollment.js';
import { rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
let own: Enrolled;
let other: Enrolled;
let viewer: string;

beforeAll(async () => {
  const enrollment = await Enrollment.of(api);
  [own, other, viewer] = await Promise.all([enrollment.enroll(), enrollment.enroll(), api.tokenOf('viewer')]);
});

const { device: _device, ...BODY } = diagnosticBody();
const post = (agent: Enrolled, changes: object = {}): Promise<Answer> =>
  api.call(PATH, { token: agent.credential, json: { ...BODY, device_id: agent.device_id, ...changes } });
const get = (id: string, token: string, query = '') => api.call(`${PATH}/${id}${query}`, { token });

describe('an agent', () => {
  it('sees its own diagnostics and no others, whoever has put them into the cache', async () => {
    const [mine, theirs] = [(await post(own)).body.id, (await post(other)).body.id];
    for (let time = 0; time < 2; time += 1) {
      for (const id of [mine, theirs]) expect((await get(id, viewer)).status).toBe(200);
      expect((await get(mine, own.credential)).status).toBe(200);
      for (const query of ['', '?include=sections', '?include=raw'])
        expect((await get(theirs, own.credential, query)).body).toMatchObject({
          status: 404,
          code: 'diagnostic-not-found',
        });
    }
    const { body } = await api.call(`${PATH}?limit=200`, { token: own.credential });
    expect(new Set(body.data.map((each: { device_id: string }) => each.device_id))).toEqual(new Set([own.device_id]));
    const tagged = await api.call(`${PATH}?tag=counter&limit=200`, { token: own.credential });
    expect(new Set(tagged.body.data.map((each: { device_id: string }) => each.device_id))).toEqual(
      new Set([own.device_id]),
    );
  });

  it('sends what it had kept as one batch: stored in its order, and nothing of another device', async () => {
    const diagnostics = [
      ...Array.from({ length: 10 }, () => ({ ...BODY, device_id: own.device_id })),
      { ...BODY, device_id: other.device_id },
      diagnosticBody({ device: { hostname: 'as-it-calls-itself' } }),
    ];
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await api.call(`${PATH}/batch`, { token: own.credential, json: { diagnostics }, headers });
    const statuses = answer.body.results.map(({ status }: { status: number }) => status);
    expect(statuses).toEqual([...Array<number>(10).fill(201), 404, 201]);
    const ids = answer.body.results.flatMap(({ id }: { id?: string }) => id ?? []);
    const stored = await rows<{ id: string }>(
      'select id from diagnostics where id = any($1) and device_id = $2 order by created_at, id',
      [ids, own.device_id],
    );
    expect(stored.map(({ id }) => id)).toEqual(ids);
  });

  it('fulfils what was requested of its device, and of no other', async () => {
    const id = `dgn_${randomUUID().replaceAll('-', '')}`;
    await rows(
      `insert into diagnostics (tenant_id, id, device_id, type, status, schema_version, findings)
       select tenant_id, $1, id, 'full', 'requested', 1, '[]' from devices where id = $2`,
      [id, own.device_id],
    );
    expect((await post(other, { diagnostic_id: id })).body).toMatchObject({
      status: 404,
      code: 'diagnostic-not-found',
    });
    expect((await post(own, { diagnostic_id: id })).body).toMatchObject({ id, status: 'completed' });
  });

  it('403 for what is people’s business', async () => {
    const { id } = (await post(own)).body;
    const token = own.credential;
    const answers = [
      await api.call(`${PATH}/${id}`, { method: 'PATCH', token, json: { notes: 'x' } }),
      await api.call(`${PATH}/${id}`, { method: 'DELETE', token }),
      await api.call(`${PATH}/${id}/rescore`, { method: 'POST', token }),
      await api.call(`${PATH}/${id}/diff?against=${id}`, { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });
});
