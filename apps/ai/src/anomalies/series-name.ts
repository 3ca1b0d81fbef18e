/** One series of a device. */
export interface SeriesName {
  readonly metric: string;
  /** Empty where there is but one. */
  readonly instance: string;
}

/** No name of a metric has a blank. */
export function seriesKey({ metric, instance }: SeriesName): string {
  return `${metric} ${instance}`;
}
