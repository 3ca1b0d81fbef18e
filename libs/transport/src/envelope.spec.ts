import fc from 'fast-check';
import { decodeFrame, decodeReplies, encodeFrame, MAX_ENTRY_BYTES, type RequestEnvelope } from './envelope.js';

const request: RequestEnvelope = {
  id: '0123456789abcdef',
  pattern: 'diagnostics.get',
  data: { id: 'x' },
  reply: 'tz:reply:gateway-1',
  deadline: 1,
  token: 'token',
  request_id: 'req',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

describe('a frame', () => {
  test('what is encoded is decoded, whatever the data', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 16 }), (values) => {
        const requests = values.map((data) => ({ ...request, data }));
        const decoded = decodeFrame(['v1', encodeFrame(requests.map((part) => JSON.stringify(part)))]);
        expect(decoded.faults).toEqual([]);
        expect(JSON.stringify(decoded.requests.map(({ data }) => data))).toBe(JSON.stringify(values));
      }),
    );
  });

  test('no text makes decoding throw, and none becomes a request', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (fields) => {
        const { requests, faults } = decodeFrame(fields);
        expect(requests).toEqual([]);
        expect(faults).toHaveLength(1);
      }),
    );
  });

  test('a bad request leaves its neighbours as they are', () => {
    const { requests, faults } = decodeFrame(['v1', JSON.stringify([request, { ...request, token: 7 }, request])]);
    expect(requests).toHaveLength(2);
    expect(faults).toMatchObject([{ reason: 'malformed' }]);
  });

  test('a request with a member of the wrong type or length is none', () => {
    const wrong: Record<string, unknown[]> = {
      id: [undefined, 7, '', 'x'.repeat(65)],
      pattern: [undefined, '', {}],
      deadline: [undefined, '1', 1.5, null, Number.MAX_VALUE],
      token: [undefined, '', 'x'.repeat(20_000), ['x']],
      request_id: [undefined, ''],
      traceparent: [undefined, 'x'.repeat(300)],
      tracestate: [7],
      idempotency_key: ['', 'x'.repeat(300)],
      ip_address: [{}],
      user_agent: [7],
      read_primary: ['true', 1],
      read_after: ['', '1', '/', '1/', '/1', 'g/1', '1/1 ', '1/123456789', ' 1/1', '1/1/1', 1, null, ['1/1'], {}],
      metadata: [[], 'x', { a: 1 }, null],
    };
    for (const [member, values] of Object.entries(wrong))
      for (const value of values)
        expect(decodeFrame(['v1', JSON.stringify([{ ...request, [member]: value }])]).requests).toEqual([]);
  });

  test('another version is not read', () => {
    expect(decodeFrame(['v2', JSON.stringify([request])]).faults).toMatchObject([{ reason: 'wrong-version' }]);
  });

  test('what is too large is not parsed', () => {
    expect(decodeFrame(['v1', ' '.repeat(MAX_ENTRY_BYTES + 1)]).faults).toMatchObject([{ reason: 'oversized' }]);
  });

  test('a reply can only go to a reply channel', () => {
    for (const reply of ['tz:broadcasts', 'tz:reply:', 'tz:reply:a b', '__keyspace@0__:x', 'x tz:reply:a'])
      expect(decodeFrame(['v1', JSON.stringify([{ ...request, reply }])]).requests).toEqual([]);
  });
});

describe('replies', () => {
  test('what is no reply is left out', () => {
    const good = { id: 'a', data: 1 };
    const written = { id: 'd', data: 1, lsn: '16/B374D848' };
    const problem = { id: 'b', problem: { code: 'internal' } };
    const text = JSON.stringify([
      good,
      null,
      7,
      'x',
      [],
      {},
      { id: 7 },
      { id: 'c', problem: { code: 'nonsense' } },
      problem,
      written,
      ...['', '16', '16/', '16/x', 16, null, ['16/1']].map((lsn) => ({ id: 'e', data: 1, lsn })),
    ]);
    expect(decodeReplies(text)).toEqual([good, problem, written]);
  });

  test('no text makes decoding throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeReplies(text)).toEqual([]);
      }),
    );
  });
});
