/**
 * A series as the models take it: ordered by time, each moment once. `normaliseSeries` makes one of what a caller sent.
 * Models never change it.
 */
export interface Series {
  /** Milliseconds since 1970, ascending, distinct. */
  readonly at: Float64Array;
  /** As many; NaN where the value is missing. */
  readonly values: Float64Array;
  /** The median distance of two neighbours. */
  readonly stepMs: number;
}
