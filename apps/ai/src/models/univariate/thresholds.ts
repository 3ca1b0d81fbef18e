/** A row whose score is at least this is an anomaly, for each sensitivity. */
export const thresholds: Readonly<Record<'low' | 'standard' | 'high', number>> = {
  low: 0.85,
  standard: 0.8,
  high: 0.75,
};
