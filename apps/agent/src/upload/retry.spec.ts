import type { HttpAnswer } from './http-exchange.js';
import { fullJitterMs, retryAfterMs, type RetryNotice, withRetries } from './retry.js';

const answer = (status: number, headers = {}, text = ''): HttpAnswer => ({ status, headers, text });

/** A clock that moves only by waiting, and a sender that gives the prepared outcomes one by one. */
function setUp(outcomes: (HttpAnswer | Error)[], random = 1) {
  let now = 0;
  const waits: number[] = [];
  const notices: RetryNotice[] = [];
  const clock = {
    now: () => now,
    pause: (ms: number) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
    random: () => random,
  };
  const send = () => {
    const next = outcomes.shift();
    if (next === undefined) throw new Error('one try too many');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return { waits, notices, run: () => withRetries(send, clock, (notice) => notices.push(notice)) };
}

describe('withRetries', () => {
  it.each([[200], [201], [400], [401], [403], [404], [422], [500]])(
    'takes %d for an answer at once',
    async (status) => {
      const { waits, run } = setUp([answer(status)]);
      expect((await run()).status).toBe(status);
      expect(waits).toEqual([]);
    },
  );

  it.each([[408], [429], [502], [503], [504]])('tries again after %d', async (status) => {
    const { run } = setUp([answer(status), answer(201)]);
    expect((await run()).status).toBe(201);
  });

  it('tries again after a cut connection, and says so', async () => {
    const { notices, run } = setUp([new Error('connect ECONNREFUSED'), answer(201)]);
    expect((await run()).status).toBe(201);
    expect(notices).toEqual([{ tried: 1, maxTries: 5, reason: 'connect ECONNREFUSED', delayMs: 500 }]);
  });

  it('tries again while the first try with the same key still runs', async () => {
    const { run } = setUp([answer(409, {}, '{"code":"idempotency-key-in-use"}'), answer(201)]);
    expect((await run()).status).toBe(201);
  });

  it('takes any other conflict for an answer', async () => {
    expect((await setUp([answer(409, {}, '{}')]).run()).status).toBe(409);
  });

  it('waits anything up to a limit that doubles each time: full jitter', async () => {
    const failures = Array.from({ length: 4 }, () => answer(503));
    const longest = setUp([...failures, answer(201)], 1);
    await longest.run();
    expect(longest.waits).toEqual([500, 1_000, 2_000, 4_000]);
    const middling = setUp([...failures, answer(201)], 0.5);
    await middling.run();
    expect(middling.waits).toEqual([250, 500, 1_000, 2_000]);
    const shortest = setUp([...failures, answer(201)], 0);
    await shortest.run();
    expect(shortest.waits).toEqual([0, 0, 0, 0]);
  });

  it('waits as long as the server asks', async () => {
    const { waits, run } = setUp([answer(429, { 'retry-after': '7' }), answer(201)]);
    await run();
    expect(waits).toEqual([7_000]);
  });

  it('gives up after five tries with the last answer', async () => {
    const { run } = setUp(Array.from({ length: 5 }, () => answer(503)));
    await expect(run()).rejects.toMatchObject({ tries: 5, reason: 'status 503', answer: { status: 503 } });
  });

  it('gives up at once when the server asks for more time than there is', async () => {
    const { waits, run } = setUp([answer(503, { 'retry-after': '3600' })]);
    await expect(run()).rejects.toMatchObject({ tries: 1, retryAfterMs: 3_600_000 });
    expect(waits).toEqual([]);
  });

  it('ends at once when it is told to stop, but never loses an answer that has come', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    const clock = { now: () => 0, pause: () => Promise.resolve(), random: () => 1 };
    const run = (outcome: Promise<HttpAnswer>) =>
      withRetries(
        () => outcome,
        clock,
        () => undefined,
        undefined,
        stop.signal,
      );
    await expect(run(Promise.reject(new Error('aborted')))).rejects.toThrow('stopped');
    expect((await run(Promise.resolve(answer(201)))).status).toBe(201);
  });
});

describe('fullJitterMs', () => {
  it('never passes its ceiling, however many failures there were', () => {
    const limits = { firstDelayMs: 60_000, maxDelayMs: 3_600_000 };
    expect([1, 2, 7, 1_000].map((failures) => fullJitterMs(failures, limits, 1))).toEqual([
      60_000, 120_000, 3_600_000, 3_600_000,
    ]);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-22T08:00:00Z');

  it.each([
    ['3', 3_000],
    ['Sun, 22 Nov 2026 08:00:05 GMT', 5_000],
    ['Sun, 22 Nov 2026 07:00:00 GMT', 0],
    ['soon', undefined],
    ['99999999999', 86_400_000],
    [undefined, undefined],
  ])('reads %j', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
