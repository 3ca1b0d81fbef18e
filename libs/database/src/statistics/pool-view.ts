import type { NodeMeasurements, NodeView, PoolView } from '@techze/contracts';

export type { NodeView, PoolView };

/** What one process measured of one node: last minute, totals, histograms. */
export type StatisticsView = NodeMeasurements;
export type Quantiles = NodeMeasurements['latency_ms'];
export type HistogramView = NodeMeasurements['histograms']['query'];
