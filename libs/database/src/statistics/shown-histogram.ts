import { Histogram, type HistogramConfiguration } from 'prom-client';
import type { HistogramView } from './pool-view.js';

/** One series: durations in milliseconds, shown in the seconds of Prometheus. */
export interface Series<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly histogram: HistogramView;
}

/** A histogram that is counted elsewhere and only shown here: observing one of prom-client's costs a microsecond. */
export class ShownHistogram<Label extends string> extends Histogram<Label> {
  constructor(
    private readonly shown: Pick<HistogramConfiguration<Label>, 'name' | 'help' | 'labelNames'>,
    private readonly series: () => readonly Series<Label>[],
  ) {
    super(shown);
  }

  /** What stands behind every way to read a histogram of prom-client, though its types do not say so. */
  getForPromString() {
    const { name, help } = this.shown;
    const values = this.series().flatMap(({ labels: sharedLabels, histogram: { buckets, count, sum_ms } }) => [
      ...buckets.map((bucket) => ({
        metricName: `${name}_bucket`,
        labels: { le: bucket.le_ms === null ? '+Inf' : bucket.le_ms / 1_000 },
        value: bucket.count,
        sharedLabels,
      })),
      { metricName: `${name}_sum`, labels: {}, value: sum_ms / 1_000, sharedLabels },
      { metricName: `${name}_count`, labels: {}, value: count, sharedLabels },
    ]);
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }
}
