/** A row whose score is at least this is an anomaly, for each sensitivity. */
export const thresholds: Readonly<Record<'low' | 'standard' | 'high', number>> = {
  low: 0.745,
  standard: 0.739,
  high: 0.739,
};
