import { register } from 'prom-client';
import { NodeStatistics } from './node-statistics.js';
import type { NodeView } from './pool-view.js';
import { showPool } from './pool.metrics.js';

const statistics = new NodeStatistics('replica-1');

function node(changes: Partial<NodeView> = {}): NodeView {
  return {
    id: 'replica-1',
    host: 'replica.internal',
    port: 5432,
    is_primary: false,
    configured_primary: false,
    reachable: true,
    last_error: null,
    breaker: 'closed',
    weight: 1,
    weight_now: 1,
    active: 3,
    idle: 2,
    waiting: 1,
    max: 20,
    lag_bytes: 0,
    lag_ms: 0,
    ...statistics.view(),
    ...changes,
  };
}

let shown: NodeView[] = [];
const hide = showPool(() => ({ strategy: 'round_robin', nodes: shown }));

async function linesOf(name: string): Promise<string[]> {
  const text = await register.getSingleMetricAsString(name);
  return text.split('\n').filter((line) => !line.startsWith('#'));
}

beforeEach(() => (shown = [node()]));

test('the gauges say how the nodes are at the moment of the scrape', async () => {
  expect(await linesOf('advanced_pool_connections')).toEqual([
    'advanced_pool_connections{node="replica-1",state="active"} 3',
    'advanced_pool_connections{node="replica-1",state="idle"} 2',
    'advanced_pool_connections{node="replica-1",state="waiting"} 1',
  ]);
  expect(await linesOf('advanced_pool_connections_max')).toEqual([
    'advanced_pool_connections_max{node="replica-1"} 20',
  ]);
  expect(await linesOf('db_connections_active')).toEqual(['db_connections_active{node="replica-1"} 3']);
  shown = [node({ active: 4 })];
  expect(await linesOf('db_connections_active')).toEqual(['db_connections_active{node="replica-1"} 4']);
});

test.each([
  ['closed', 0],
  ['open', 1],
  ['half_open', 2],
] as const)('a breaker that is %s shows as %d', async (breaker, value) => {
  shown = [node({ breaker })];
  expect(await linesOf('advanced_pool_circuit_breaker')).toEqual([
    `advanced_pool_circuit_breaker{node="replica-1"} ${value}`,
  ]);
});

test('the counters count since start, however often they are read', async () => {
  statistics.acquired(0);
  statistics.acquireFailed('full');
  statistics.connected(2);
  statistics.connectFailed();
  statistics.statement(1, 'ok');
  statistics.statement(1, 'error');
  statistics.statement(1, 'lost');
  shown = [node()];
  const operation = (of: string, result: string, count: number) =>
    `advanced_pool_operations_total{node="replica-1",operation="${of}",result="${result}"} ${count}`;
  for (let scrape = 0; scrape < 2; scrape += 1) {
    expect(await linesOf('advanced_pool_operations_total')).toEqual([
      operation('acquire', 'ok', 1),
      operation('acquire', 'timeout', 0),
      operation('acquire', 'full', 1),
      operation('acquire', 'unavailable', 0),
      operation('connect', 'ok', 1),
      operation('connect', 'failed', 1),
      operation('query', 'ok', 1),
      operation('query', 'error', 1),
      operation('query', 'timeout', 0),
      operation('query', 'lost', 1),
    ]);
    expect(await linesOf('db_errors_total')).toEqual(['db_errors_total{node="replica-1"} 3']);
  }
});

test('the histograms are those of Prometheus: seconds, each bucket with those before it, a sum and a count', async () => {
  const fresh = new NodeStatistics('replica-1');
  fresh.statement(3, 'ok');
  fresh.statement(70_000, 'timeout');
  fresh.acquired(40);
  shown = [node(fresh.view())];
  const lines = await linesOf('db_query_duration_seconds');
  expect(lines).toEqual(
    expect.arrayContaining([
      'db_query_duration_seconds_bucket{le="0.0025",node="replica-1"} 0',
      'db_query_duration_seconds_bucket{le="0.005",node="replica-1"} 1',
      'db_query_duration_seconds_bucket{le="30",node="replica-1"} 1',
      'db_query_duration_seconds_bucket{le="+Inf",node="replica-1"} 2',
      'db_query_duration_seconds_sum{node="replica-1"} 70.003',
      'db_query_duration_seconds_count{node="replica-1"} 2',
    ]),
  );
  expect(await linesOf('advanced_pool_latency_seconds')).toEqual(
    expect.arrayContaining([
      'advanced_pool_latency_seconds_count{node="replica-1",operation="query"} 2',
      'advanced_pool_latency_seconds_bucket{le="0.05",node="replica-1",operation="acquire"} 1',
      'advanced_pool_latency_seconds_count{node="replica-1",operation="connect"} 0',
    ]),
  );
  expect(await register.getSingleMetricAsString('db_query_duration_seconds')).toContain(
    '# TYPE db_query_duration_seconds histogram',
  );
});

test('reads the same as JSON', async () => {
  const [metric] = (await register.getMetricsAsJSON()).filter(({ name }) => name === 'db_query_duration_seconds');
  expect(metric?.values).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ metricName: 'db_query_duration_seconds_count', labels: { node: 'replica-1' } }),
    ]),
  );
});

test('never tells a host, and a pool that is closed leaves nothing behind', async () => {
  expect(await register.metrics()).not.toContain('replica.internal');
  hide();
  expect(await linesOf('advanced_pool_connections')).toEqual([]);
  expect(await linesOf('advanced_pool_operations_total')).toEqual([]);
  expect(await linesOf('advanced_pool_latency_seconds')).toEqual([]);
});
