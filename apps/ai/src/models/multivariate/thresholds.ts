/** Scores from which a row is anomalous, frozen on the development part of the measuring data. */
export const multivariateThresholds: Readonly<Record<'low' | 'standard' | 'high', number>> = {
  low: 0.75,
  standard: 0.6,
  high: 0.45,
};
