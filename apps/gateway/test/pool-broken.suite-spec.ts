import { PoolHealth } from '@techze/contracts';
import { startSuite, waitFor, type Suite } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { rows } from './support/rows.js';

interface Process {
  readonly service: string;
  readonly instance: string;
  readonly nodes: readonly { readonly id: string; readonly breaker: string }[];
}

describe('the pool of a suite that is broken', () => {
  let suite: Suite;
  let api: Api;
  let operator: string;

  beforeAll(async () => {
    suite = await startSuite({ scale: { diagnostics: 2, gateway: 1 } });
    api = new Api(suite.stack.demo);
    operator = await api.tokenOf('operator');
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  const get = (path: string): Promise<Answer> => api.call(`/api/v3/pool/${path}`, { token: operator });
  const processes = async (): Promise<readonly Process[]> => (await get('metrics')).body.processes;
  const breakersOf = async (node: string) =>
    (await processes()).map(({ nodes }) => nodes.find(({ id }) => id === node)?.breaker);
  const allAre = async (node: string, state: string) => {
    const breakers = await breakersOf(node);
    return breakers.length === 6 && breakers.every((breaker) => breaker === state);
  };
  const reset = (node: string) => api.call(`/api/v3/pool/nodes/${node}/reset`, { method: 'POST', token: operator });
  const servers = () => {
    const { postgres, redis } = suite.stack;
    if (!postgres || !redis) throw new Error('the suite has servers of its own');
    return { postgres, redis };
  };
  const timed = async <T>(work: Promise<T>): Promise<{ value: T; ms: number }> => {
    const start = performance.now();
    return { value: await work, ms: performance.now() - start };
  };

  it('names all replicas of a service, and forgets by itself the one that was killed', async () => {
    await waitFor(async () => (await processes()).length === 6);
    const named = (all: readonly Process[]) =>
      all.filter(({ service }) => service === 'diagnostics').map(({ instance }) => instance);
    const before = named(await processes());
    expect(new Set(before).size).toBe(2);
    const pid = suite.stack.demo.services.diagnostics?.[1]?.pid;
    const killed = before.find((instance) => instance.includes(`-${pid}-`));
    suite.stack.instances('diagnostics')[1]?.signal('SIGKILL');
    let slowest = 0;
    await waitFor(
      async () => {
        const { value, ms } = await timed(processes());
        slowest = Math.max(slowest, ms);
        const now = named(value);
        return !now.includes(killed ?? '') && now.includes(before.find((each) => each !== killed) ?? '');
      },
      { timeoutMs: 15_000 },
    );
    expect(killed).toBeDefined();
    expect(slowest).toBeLessThan(1_500);
    // Its successor is another process.
    await waitFor(async () => (await processes()).length === 6, { timeoutMs: 45_000 });
  }, 90_000);

  it('a replica that is down: degraded, 200; back again, a reset ends the rest of all processes within seconds', async () => {
    const { postgres } = servers();
    await postgres.replica.stop();
    await waitFor(() => allAre('replica', 'open'), { timeoutMs: 20_000 });
    const broken = await get('health');
    expect([broken.status, broken.body.status]).toEqual([200, 'degraded']);
    expect(broken.body.nodes.find(({ id }: { id: string }) => id === 'replica')).toMatchObject({
      reachable: false,
      breaker: 'open',
      weight_now: 0,
      processes: 6,
      last_error: expect.stringMatching(/./),
    });
    await postgres.replica.start();
    await waitFor(async () =>
      (await get('health')).body.nodes.every(({ reachable }: { reachable: boolean }) => reachable),
    );
    // It answers, and is rested all the same.
    expect(await allAre('replica', 'open')).toBe(true);
    expect((await reset('replica')).status).toBe(202);
    // Reports are two seconds apart; the rest would have gone on for most of a minute.
    await waitFor(() => allAre('replica', 'closed'), { timeoutMs: 8_000 });
    // Each process finds out by itself that the node answers again: the first that did is not the last.
    await waitFor(async () => (await get('health')).body.status === 'healthy', { timeoutMs: 8_000 });
  }, 90_000);

  it('no primary: 503 with the same report; what cannot be recorded is not done', async () => {
    const { postgres } = servers();
    await postgres.primary.stop();
    await waitFor(async () => (await get('health')).status === 503, { timeoutMs: 20_000 });
    const { body } = await get('health');
    expect(PoolHealth.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({ status: 'unhealthy' });
    await waitFor(() => allAre('primary', 'open'), { timeoutMs: 20_000 });
    const answer = await reset('primary');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
    expect(answer.text).not.toContain('127.0.0.1');
    expect(new Set(await breakersOf('primary'))).toEqual(new Set(['open']));
    await postgres.primary.start();
    await waitFor(async () => (await get('health')).status === 200, { timeoutMs: 20_000 });
  }, 90_000);

  it('no Redis: this gateway alone, at once; a reset is 503 and not recorded', async () => {
    const { redis } = servers();
    const recorded = () => rows(`select 1 from audit_events where event_type = 'BREAKER_RESET'`, [], api.suite);
    const before = (await recorded()).length;
    await redis.stop();
    await waitFor(async () => (await processes()).length === 1);
    for (const path of ['metrics', 'health', 'stats']) {
      const { value, ms } = await timed(get(path));
      expect([path, value.status]).toEqual([path, 200]);
      expect(ms).toBeLessThan(1_500);
    }
    expect((await processes())[0]?.service).toBe('gateway');
    expect((await reset('replica')).status).toBe(503);
    expect(await recorded()).toHaveLength(before);
    await redis.start();
    await waitFor(async () => (await processes()).length === 6, { timeoutMs: 20_000 });
    expect((await reset('replica')).status).toBe(202);
  }, 90_000);
});
