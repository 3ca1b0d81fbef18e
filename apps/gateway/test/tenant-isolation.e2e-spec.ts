import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
const UNKNOWN = `dgn_${'0'.repeat(31)}1`;

/** What two answers may differ in: the id that was asked for, the request's own id, the clock. */
function comparable({ status, headers, text }: Awaited<ReturnType<Api['call']>>, id: string) {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name));
  return {
    status,
    headers: kept,
    text: text.replaceAll(id, 'ID').replaceAll(headers.get('x-request-id') ?? '', 'REQUEST'),
  };
}

describe('another tenant’s diagnostic', () => {
  let mine: { id: string; device_id: string };
  let stranger: string;

  beforeAll(async () => {
    mine = (await api.call(PATH, { token: await api.tokenOf('technician', 0), json: diagnosticBody() })).body;
    stranger = await api.tokenOf('admin', 1);
  });

  it.each(['', '?include=sections', '?include=raw', '?include=findings,sections,raw'])(
    '404 byte for byte like an id that nobody has, also when its owner’s is in the cache %s',
    async (query) => {
      const owner = await api.tokenOf('viewer', 0);
      expect((await api.call(`${PATH}/${mine.id}${query}`, { token: owner })).status).toBe(200);
      const foreign = await api.call(`${PATH}/${mine.id}${query}`, { token: stranger });
      const unknown = await api.call(`${PATH}/${UNKNOWN}${query}`, { token: stranger });
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, mine.id)).toEqual(comparable(unknown, UNKNOWN));
    },
  );

  it('is in no list of theirs, whatever they filter by', async () => {
    for (const query of ['', `?device_id=${mine.device_id}`, '?limit=200']) {
      const { body } = await api.call(`${PATH}${query}`, { token: stranger });
      expect(body.data.map(({ id }: { id: string }) => id)).not.toContain(mine.id);
    }
  });

  it('404 when they post for its device, like for a device that nobody has', async () => {
    const { device: _device, ...body } = diagnosticBody();
    const post = (device_id: string) => api.call(PATH, { token: stranger, json: { ...body, device_id } });
    const nobody = `dev_${'0'.repeat(31)}1`;
    const foreign = await post(mine.device_id);
    expect(foreign.body.code).toBe('device-not-found');
    expect(comparable(foreign, mine.device_id)).toEqual(comparable(await post(nobody), nobody));
  });

  it('has a device of its own in each tenant, though serial number and name are equal', async () => {
    const body = diagnosticBody();
    const technicians = await Promise.all([api.tokenOf('technician', 0), api.tokenOf('technician', 1)]);
    const [ours, theirs] = await Promise.all(technicians.map((token) => api.call(PATH, { token, json: body })));
    expect(ours?.status).toBe(201);
    expect(theirs?.status).toBe(201);
    expect(ours?.body.device_id).not.toBe(theirs?.body.device_id);
  });

  it('gives their cursor no way into ours', async () => {
    const token = await api.tokenOf('technician', 0);
    for (let index = 0; index < 2; index += 1) await api.call(PATH, { token, json: diagnosticBody() });
    const { next_cursor } = (await api.call(`${PATH}?limit=1`, { token })).body.page;
    const answer = await api.call(`${PATH}?cursor=${next_cursor}`, { token: stranger });
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('invalid-cursor');
    expect((await api.call(`${PATH}?cursor=${next_cursor}`, { token })).status).toBe(200);
  });
});
