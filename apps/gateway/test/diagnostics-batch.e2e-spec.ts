import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { fullSize, waitFor } from '@techze/testing';
import { Client } from 'pg';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics/batch';
const MEBIBYTE = 1024 * 1024;
let technician: string;

beforeAll(async () => {
  technician = await api.tokenOf('technician');
});

const post = (diagnostics: unknown, headers: Record<string, string> = {}) =>
  api.call(PATH, { token: technician, json: { diagnostics }, headers });
const statuses = ({ body }: Answer) => body.results.map(({ status }: { status: number }) => status);
const ids = ({ body }: Answer): string[] => body.results.map(({ id }: { id: string }) => id);
const bodies = (length: number) => Array.from({ length }, () => diagnosticBody());
const storedOf = (given: readonly Record<string, unknown>[]) =>
  count('select 1 from diagnostics d join devices v on v.id = d.device_id where v.serial = any($1)', [
    given.map(({ device }) => (device as { serial: string }).serial),
  ]);

describe('POST /api/v1/diagnostics/batch', () => {
  it('200 stores each and says where it is, in the order of the request', async () => {
    const given = bodies(5);
    const answer = await post(given);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      results: given.map((_body, index) => ({
        index,
        status: 201,
        id: expect.stringMatching(/^dgn_[0-9a-f]{32}$/),
      })),
    });
    for (const [index, id] of ids(answer).entries()) {
      const { body } = await api.call(`/api/v1/diagnostics/${id}`, { token: technician });
      const [device] = await rows<{ serial: string }>('select serial from devices where id = $1', [body.device_id]);
      expect(device?.serial).toBe((given[index]?.device as { serial: string }).serial);
    }
  });

  it('a bad item never loses the others, whatever is wrong with it', async () => {
    const stranger = await api.tokenOf('technician', 1);
    const foreign = await api.call('/api/v1/diagnostics', { token: stranger, json: diagnosticBody() });
    const { device: _device, ...withoutDevice } = diagnosticBody();
    const tooDeep: unknown = JSON.parse('['.repeat(40) + ']'.repeat(40));
    const tooWide = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`k${index}`, 1]));
    const [first, last] = [diagnosticBody(), diagnosticBody()];
    const bad: [unknown, number, string, string?][] = [
      [{ ...diagnosticBody(), type: 'everything' }, 422, 'validation-failed', '/type'],
      [{ ...diagnosticBody(), colour: 'red' }, 422, 'validation-failed', '/colour'],
      [
        { ...diagnosticBody(), sections: { cpu: { status: 'fine', data: {} } } },
        422,
        'validation-failed',
        '/sections/cpu/status',
      ],
      [{ ...withoutDevice, device_id: foreign.body.device_id }, 404, 'device-not-found'],
      [{ ...withoutDevice, device_id: `dev_${'0'.repeat(32)}` }, 404, 'device-not-found'],
      [{ ...diagnosticBody(), diagnostic_id: foreign.body.id }, 404, 'diagnostic-not-found'],
      [null, 422, 'validation-failed', ''],
      [7, 422, 'validation-failed', ''],
      ['text', 422, 'validation-failed', ''],
      [[], 422, 'validation-failed', ''],
      [{}, 422, 'validation-failed', '/type'],
      [{ ...diagnosticBody(), sections: { cpu: { status: 'ok', data: { tooDeep } } } }, 400, 'json-too-deep'],
      [{ ...diagnosticBody(), device: tooWide }, 400, 'json-too-wide'],
      [JSON.parse('{"__proto__":{"admin":true}}'), 400, 'json-forbidden-key'],
      [{ ...diagnosticBody(), device: { hostname: 'a\u0000b' } }, 422, 'validation-failed', '/device/hostname'],
    ];
    const answer = await post([first, ...bad.map(([item]) => item), last]);
    expect(answer.status).toBe(200);
    expect(answer.body.results).toHaveLength(bad.length + 2);
    expect([answer.body.results[0].status, answer.body.results.at(-1).status]).toEqual([201, 201]);
    for (const [place, [, status, code, pointer]] of bad.entries()) {
      const index = place + 1;
      const result = answer.body.results[index];
      expect(result).toEqual({
        index,
        status,
        problem: expect.objectContaining({
          type: `urn:techze:problem:${code}`,
          status,
          code,
          instance: PATH,
          request_id: answer.headers.get('x-request-id'),
        }),
      });
      if (pointer !== undefined)
        expect(result.problem.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(
          `/diagnostics/${index}${pointer}`,
        );
    }
    expect(await storedOf([first, last])).toBe(2);
  });

  it.each([
    ['no list', { diagnostics: {} }],
    ['no diagnostics', {}],
    ['none at all', { diagnostics: [] }],
    ['more than 500', { diagnostics: Array(501).fill({}) }],
    ['a field beside them', { diagnostics: [{}], colour: 'red' }],
    ['a list', []],
    ['null', null],
  ])('422 for an envelope with %s', async (_what, json) => {
    const answer = await api.call(PATH, { token: technician, json });
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed', errors: [expect.anything()] });
  });

  it('403 for a viewer, 401 for nobody', async () => {
    const viewer = await api.tokenOf('viewer');
    expect((await api.call(PATH, { token: viewer, json: { diagnostics: bodies(1) } })).status).toBe(403);
    expect((await api.call(PATH, { json: { diagnostics: bodies(1) } })).status).toBe(401);
  });

  it('stores diagnostics of one device in the given order, also where only a third tells that they are of one', async () => {
    const [serial, hostname] = [`SN-${randomUUID()}`, `host-${randomUUID()}`];
    const marks = [{ serial, hostname }, { hostname }, { serial }, { serial, hostname }];
    const given = Array.from({ length: 24 }, (_, index) =>
      diagnosticBody({ device: marks[index % marks.length], notes: `${index}` }),
    );
    const answer = await post(given);
    expect(new Set(statuses(answer))).toEqual(new Set([201]));
    const stored = await rows<{ id: string }>(
      `select d.id from diagnostics d join devices v on v.id = d.device_id where v.serial = $1 order by d.created_at, d.id`,
      [serial],
    );
    expect(stored.map(({ id }) => id)).toEqual(ids(answer));
  });

  it.each(['plain', 'gzipped'])(
    '200 for 500 diagnostics in 8 MiB, %s, within the deadline',
    async (coding) => {
      const given = bodies(500);
      const room = Math.floor((8 * MEBIBYTE - JSON.stringify({ diagnostics: given }).length) / 500) - 60;
      for (const { sections } of given as { sections: Record<string, unknown> }[])
        sections.tomorrow = { status: 'ok', data: { text: 'x'.repeat(room) } };
      const raw = JSON.stringify({ diagnostics: given });
      expect(raw.length).toBeGreaterThan(7.9 * MEBIBYTE);
      expect(raw.length).toBeLessThanOrEqual(8 * MEBIBYTE);
      const headers = {
        'idempotency-key': randomUUID(),
        ...(coding === 'gzipped' && { 'content-encoding': 'gzip' }),
      };
      const send = async () => {
        const start = performance.now();
        const answer = await api.call(PATH, {
          token: technician,
          raw: coding === 'gzipped' ? gzipSync(raw, { level: 1 }) : raw,
          headers,
        });
        expect(performance.now() - start).toBeLessThan(20_000);
        return statuses(answer);
      };
      // A machine that is busy with other things may need to be asked again; that loses nothing, and doubles nothing.
      let answered = await send();
      for (let again = 0; again < (fullSize() ? 0 : 4) && answered.includes(504); again += 1) answered = await send();
      expect(answered).toEqual(Array(500).fill(201));
      expect(await storedOf(given)).toBe(500);
    },
    60_000,
  );

  it('413 beyond 8 MiB, also when only inflating shows it', async () => {
    const large = JSON.stringify({ diagnostics: [diagnosticBody({ notes: 'x'.repeat(8 * MEBIBYTE) })] });
    // The answer comes before all is sent, and a caller that is still writing may find the door closed instead.
    const refused = await waitFor(() => api.call(PATH, { token: technician, raw: large }).catch(() => undefined));
    expect(refused.body).toMatchObject({ status: 413, code: 'payload-too-large' });
    const bomb = gzipSync(Buffer.alloc(64 * MEBIBYTE, ' '));
    expect(bomb.length).toBeLessThan(MEBIBYTE);
    const answer = await api.call(PATH, {
      token: technician,
      raw: bomb,
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer.body).toMatchObject({ status: 413, code: 'payload-too-large' });
  });

  it('a single POST still takes one mebibyte and no more', async () => {
    const raw = JSON.stringify({ ...diagnosticBody(), notes: 'x'.repeat(MEBIBYTE) });
    expect((await api.call('/api/v1/diagnostics', { token: technician, raw })).status).toBe(413);
  });

  describe('Idempotency-Key', () => {
    it('brings what was done again, and stores and audits each once', async () => {
      const given = bodies(8);
      const headers = { 'idempotency-key': `key ${randomUUID()}` };
      const first = await post(given, headers);
      const second = await post(
        given.map((body) => Object.fromEntries(Object.entries(body).reverse())),
        headers,
      );
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(second.body).toEqual(first.body);
      expect(await storedOf(given)).toBe(8);
      expect(
        await count(`select 1 from audit_events where event_type = 'DIAGNOSTIC_CREATED' and resource_id = any($1)`, [
          ids(first),
        ]),
      ).toBe(8);
    });

    it('is refused with another batch, of which nothing is done', async () => {
      const given = bodies(2);
      const headers = { 'idempotency-key': randomUUID() };
      const first = await post(given, headers);
      for (const other of [[...given, diagnosticBody()], given.slice(1), [given[0], diagnosticBody()]]) {
        const answer = await post(other, headers);
        expect(answer.body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
        expect(await storedOf(other as Record<string, unknown>[])).toBe(
          other.filter((each) => given.includes(each as never)).length,
        );
      }
      expect(ids(await post(given, headers))).toEqual(ids(first));
    });

    it('judges again what was refused before', async () => {
      const [good, bad] = [diagnosticBody(), { ...diagnosticBody(), type: 'not yet' }];
      const headers = { 'idempotency-key': randomUUID() };
      const first = await post([good, bad], headers);
      const again = await post([good, bad], headers);
      expect([statuses(first), statuses(again)]).toEqual([
        [201, 422],
        [201, 422],
      ]);
      expect(ids(again)[0]).toBe(ids(first)[0]);
    });

    it('is not that of a single POST, and a place in one batch is not a place in another', async () => {
      const key = randomUUID();
      const body = diagnosticBody();
      const single = await api.call('/api/v1/diagnostics', {
        token: technician,
        json: body,
        headers: { 'idempotency-key': `${key}/0` },
      });
      const batch = await post([body], { 'idempotency-key': key });
      const nested = await post([body], { 'idempotency-key': `${key}/0` });
      expect(new Set([single.body.id, ...ids(batch), ...ids(nested)]).size).toBe(3);
    });
  });

  it('answers before the deadline: what was not reached is 504, and is done when the batch is sent again', async () => {
    const [stuck, free] = [{ serial: `SN-${randomUUID()}` }, { serial: `SN-${randomUUID()}` }];
    await post([diagnosticBody({ device: stuck }), diagnosticBody({ device: free })]);
    const given = [stuck, free, stuck, free].map((device) => diagnosticBody({ device }));
    const headers = { 'idempotency-key': randomUUID() };
    const holder = new Client({ connectionString: api.suite.postgres.superuser_url });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from devices where serial = $1 for update', [stuck.serial]);
      const start = performance.now();
      const answer = await post(given, headers);
      expect(performance.now() - start).toBeLessThan(20_000);
      expect(answer.status).toBe(200);
      expect(statuses(answer)).toEqual([504, 201, 504, 201]);
      expect(answer.body.results[0].problem.code).toBe('deadline-exceeded');
      await holder.query('rollback');
      const again = await post(given, headers);
      expect(statuses(again)).toEqual([201, 201, 201, 201]);
      expect([ids(again)[1], ids(again)[3]]).toEqual([ids(answer)[1], ids(answer)[3]]);
      expect(await storedOf(given)).toBe(3 + 3);
    } finally {
      await holder.end();
    }
  }, 60_000);
});
