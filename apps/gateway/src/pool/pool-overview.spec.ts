import { PoolHealth, PoolMetrics, PoolStats, type NodeView, type PoolReport } from '@techze/contracts';
import { poolHealth, poolMetrics, poolStats } from './pool-overview.js';

const NOW = new Date('2026-11-22T08:00:00Z');
const histogram = { count: 0, sum_ms: 0, buckets: [{ le_ms: null, count: 0 }] };

function node(id: string, changes: Partial<NodeView> = {}): NodeView {
  return {
    id,
    host: `${id}.internal`,
    port: 5432,
    is_primary: id === 'primary',
    configured_primary: id === 'primary',
    reachable: true,
    last_error: null,
    breaker: 'closed',
    weight: 1,
    weight_now: 1,
    active: 1,
    idle: 4,
    waiting: 0,
    max: 20,
    lag_bytes: id === 'primary' ? null : 128,
    lag_ms: id === 'primary' ? null : 3,
    latency_ms: { p50: 1, p95: 2, p99: 3 },
    error_rate: 0,
    throughput: 10,
    totals: {
      statements: { ok: 1, error: 0, timeout: 0, lost: 0 },
      acquires: { ok: 1, timeout: 0, full: 0, unavailable: 0 },
      waits: 0,
      waited_ms: 0,
      connects: { ok: 1, failed: 0 },
      retries: 0,
      failovers: 0,
      leaks: 0,
    },
    histograms: { acquire: histogram, connect: histogram, query: histogram },
    ...changes,
  };
}

function report(nodes: NodeView[], service: PoolReport['service'] = 'gateway'): PoolReport {
  return { service, instance: `${service}-1`, started_at: NOW.toISOString(), strategy: 'round_robin', nodes };
}

const well = [node('primary'), node('replica')];
const healthOf = (...pools: NodeView[][]) =>
  poolHealth(
    pools.map((nodes) => report(nodes)),
    { detailed: true },
  );

describe('health', () => {
  it('is healthy when every process is well with every node, the primary first', () => {
    const health = healthOf(well, well.toReversed());
    expect(PoolHealth.parse(health)).toEqual({
      status: 'healthy',
      nodes: [
        expect.objectContaining({ id: 'primary', is_primary: true, lag_ms: null, weight_now: 1, processes: 2 }),
        expect.objectContaining({ id: 'replica', is_primary: false, lag_ms: 3, weight_now: 1, processes: 2 }),
      ],
    });
  });

  const lost = { reachable: false, last_error: 'ECONNREFUSED', weight_now: 0, breaker: 'open' as const };
  it.each<[PoolHealth['status'], string, NodeView[][]]>([
    ['unhealthy', 'no process reaches any node', [well.map((each) => ({ ...each, ...lost, is_primary: false }))]],
    ['unhealthy', 'nobody finds a primary', [[node('primary', { ...lost, is_primary: false }), node('replica')]]],
    ['unhealthy', 'the primary of everybody is out of reach', [[node('primary', lost), node('replica')]]],
    ['unhealthy', 'there is no node at all', [[]]],
    ['degraded', 'only the primary is left', [[node('primary'), node('replica', lost)]]],
    [
      'degraded',
      'one process of two is cut off',
      [well, well.map((each) => ({ ...each, ...lost, is_primary: false }))],
    ],
    ['degraded', 'one process misses the primary', [well, [node('primary', { is_primary: false }), node('replica')]]],
    ['degraded', 'one process rests a node', [well, [node('primary'), node('replica', { breaker: 'half_open' })]]],
    ['healthy', 'a replica was promoted', [[node('a', { is_primary: true }), node('b')]]],
  ])('is %s when %s', (status, _when, pools) => {
    expect(healthOf(...pools).status).toBe(status);
  });

  it('tells of processes that disagree: reached by any, the worst breaker, the longest lag, the mean weight', () => {
    const { nodes } = healthOf(
      [node('primary'), node('replica', { breaker: 'half_open', weight_now: 0.1, lag_ms: 12 })],
      [node('primary'), node('replica', { ...lost, lag_ms: null })],
      [node('primary'), node('replica', { lag_ms: 40, weight: 1, weight_now: 1.1 })],
    );
    expect(nodes[1]).toMatchObject({ reachable: true, breaker: 'open', lag_ms: 40, processes: 3 });
    expect(nodes[1]?.weight_now).toBeCloseTo(0.4);
  });

  it('counts a node for as many processes as report it', () => {
    expect(healthOf(well, [node('primary')]).nodes.map(({ processes }) => processes)).toEqual([2, 1]);
  });

  it('gives the error of a process that cannot reach the node before an old one of another', () => {
    const { nodes } = healthOf(
      [node('primary', { last_error: '57P01' }), node('replica')],
      [node('primary', lost), node('replica')],
    );
    expect(nodes[0]).toMatchObject({ host: 'primary.internal', port: 5432, last_error: 'ECONNREFUSED' });
    expect(nodes[1]).toMatchObject({ last_error: null });
  });

  it('names no host and no error to those who do not run the installation', () => {
    const health = poolHealth([report([node('primary', { last_error: 'ECONNREFUSED' })])], { detailed: false });
    expect(JSON.stringify(health)).not.toMatch(/internal|ECONNREFUSED|5432/);
  });
});

test('metrics are those of each process, as the contract has them, and name no host', () => {
  const metrics = poolMetrics([report(well), report(well, 'ai')], NOW);
  expect(PoolMetrics.strict().parse(metrics)).toEqual(metrics);
  expect(metrics.processes.map(({ service, nodes }) => [service, nodes.length])).toEqual([
    ['gateway', 2],
    ['ai', 2],
  ]);
  expect(Object.keys(metrics.processes[0]?.nodes[0] ?? {}).sort()).toEqual(
    [
      'id',
      'is_primary',
      'active',
      'idle',
      'waiting',
      'max',
      'latency_ms',
      'error_rate',
      'throughput',
      'breaker',
      'lag_bytes',
      'lag_ms',
    ].sort(),
  );
  expect(JSON.stringify(metrics)).not.toContain('internal');
});

test('stats are what each process counted since it started, with its strategy, and name no host', () => {
  const stats = poolStats([report(well)], NOW);
  expect(PoolStats.strict().parse(stats)).toEqual(stats);
  expect(stats.processes[0]).toMatchObject({ strategy: 'round_robin', started_at: '2026-11-22T08:00:00.000Z' });
  expect(stats.processes[0]?.nodes[1]).toEqual({
    id: 'replica',
    totals: well[1]?.totals,
    histograms: well[1]?.histograms,
  });
  expect(JSON.stringify(stats)).not.toContain('internal');
});
