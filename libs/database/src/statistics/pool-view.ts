import type { BreakerState } from '../breaker/breaker.js';

/** Milliseconds; null when nothing was measured. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Counts since start. */
export interface NodeTotals {
  /** By outcome; `error` is the statement's own fault: the node answered. */
  readonly statements: { readonly ok: number; readonly error: number; readonly timeout: number; readonly lost: number };
  readonly acquires: {
    readonly ok: number;
    readonly timeout: number;
    readonly full: number;
    readonly unavailable: number;
  };
  /** Acquires that had to wait for a connection, and for how long altogether. */
  readonly waits: number;
  readonly waited_ms: number;
  readonly connects: { readonly ok: number; readonly failed: number };
  readonly retries: number;
  readonly failovers: number;
  readonly leaks: number;
}

/** Durations since start: how many took at most `le_ms` (null: any time), each bucket including those before it. */
export interface HistogramView {
  readonly count: number;
  readonly sum_ms: number;
  readonly buckets: readonly { readonly le_ms: number | null; readonly count: number }[];
}

/** What one process measured of one node. Rates and quantiles are those of the last minute. */
export interface StatisticsView {
  /** Of statements. */
  readonly latency_ms: Quantiles;
  /** Share of statements and connection attempts that the node failed; a statement's own faults are not the node's. */
  readonly error_rate: number;
  /** Statements per second. */
  readonly throughput: number;
  readonly totals: NodeTotals;
  readonly histograms: {
    readonly acquire: HistogramView;
    readonly connect: HistogramView;
    readonly query: HistogramView;
  };
}

/** One node as one process sees it now. */
export interface NodeView extends StatisticsView {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Proven now, whatever the configuration says. */
  readonly is_primary: boolean;
  readonly configured_primary: boolean;
  readonly reachable: boolean;
  /** Why it was not reachable, or why its last connection was lost. Never credentials. */
  readonly last_error: string | null;
  readonly breaker: BreakerState;
  readonly weight: number;
  /** The weight times the share of a recovering breaker; 0 while the node serves no reads. */
  readonly weight_now: number;
  readonly active: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
  /** Behind the primary; null for the primary itself and when unknown. */
  readonly lag_bytes: number | null;
  readonly lag_ms: number | null;
}

/** The whole pool of one process. */
export interface PoolView {
  readonly strategy: string;
  readonly nodes: readonly NodeView[];
}
