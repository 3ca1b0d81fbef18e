import { Counter, Gauge } from 'prom-client';
import type { BreakerState } from '../breaker/breaker.js';
import type { HistogramView, NodeView, PoolView } from './pool-view.js';
import { ShownHistogram, type Series } from './shown-histogram.js';

/** api.md, "Health and operations". */
const BREAKER_VALUES: Record<BreakerState, number> = { closed: 0, open: 1, half_open: 2 };

const pools = new Set<() => PoolView>();

/** Shows a pool in the process's metrics until the function that it returns is called. Read only when somebody scrapes. */
export function showPool(view: () => PoolView): () => void {
  pools.add(view);
  return () => void pools.delete(view);
}

function nodes(): readonly NodeView[] {
  return [...pools].flatMap((view) => view().nodes);
}

type Numbers<Label extends string> = readonly (readonly [labels: Record<Label, string>, value: number])[];

/** A gauge a node; series of nodes that are gone are gone. */
function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: Label[],
  read: (node: NodeView) => Numbers<Label>,
): void {
  new Gauge<Label>({
    name,
    help,
    labelNames,
    collect() {
      this.reset();
      for (const node of nodes()) for (const [labels, value] of read(node)) this.set(labels, value);
    },
  });
}

/** A counter of what a node's statistics have counted since start. */
function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: Label[],
  read: (node: NodeView) => Numbers<Label>,
): void {
  new Counter<Label>({
    name,
    help,
    labelNames,
    collect() {
      this.reset();
      for (const node of nodes()) for (const [labels, value] of read(node)) this.inc(labels, value);
    },
  });
}

gauge('advanced_pool_connections', 'Connections and callers that wait for one.', ['node', 'state'], (node) =>
  (['active', 'idle', 'waiting'] as const).map((state) => [{ node: node.id, state }, node[state]]),
);
gauge('advanced_pool_connections_max', 'Connections that the node may have.', ['node'], (node) => [
  [{ node: node.id }, node.max],
]);
gauge('advanced_pool_circuit_breaker', 'The breaker: 0 closed, 1 open, 2 half-open.', ['node'], (node) => [
  [{ node: node.id }, BREAKER_VALUES[node.breaker]],
]);
gauge('db_connections_active', 'Database connections in use.', ['node'], (node) => [[{ node: node.id }, node.active]]);

counter(
  'advanced_pool_operations_total',
  'What the pool did, by outcome; the error of a query is its own, not the node’s.',
  ['node', 'operation', 'result'],
  ({ id, totals }) =>
    Object.entries({ acquire: totals.acquires, connect: totals.connects, query: totals.statements }).flatMap(
      ([operation, results]) =>
        Object.entries(results).map(([result, count]) => [{ node: id, operation, result }, count] as const),
    ),
);
counter('db_errors_total', 'Statements and connection attempts that failed.', ['node'], ({ id, totals }) => {
  const { error, timeout, lost } = totals.statements;
  return [[{ node: id }, error + timeout + lost + totals.connects.failed]];
});

new ShownHistogram(
  {
    name: 'advanced_pool_latency_seconds',
    help: 'Wait for a connection, time to make one, time of a statement.',
    labelNames: ['node', 'operation'],
  },
  () =>
    nodes().flatMap(({ id, histograms }) =>
      Object.entries<HistogramView>(histograms).map(([operation, histogram]): Series<'node' | 'operation'> => ({
        labels: { node: id, operation },
        histogram,
      })),
    ),
);
new ShownHistogram(
  { name: 'db_query_duration_seconds', help: 'Time of one statement as its caller sees it.', labelNames: ['node'] },
  () => nodes().map(({ id, histograms }): Series<'node'> => ({ labels: { node: id }, histogram: histograms.query })),
);
