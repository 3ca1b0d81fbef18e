/** A forecast of a series, in the words of the answer. As many members in each list as the horizon has steps. */
export interface Forecast {
  /** Milliseconds since 1970, one step apart, the first one step after the last row. */
  timestamps: number[];
  point: number[];
  low: number[];
  high: number[];
  /** The share of future values that the band is to hold. */
  level: number;
}

/** Which forecasters were combined, and what the caller should know. */
export interface ForecastResult {
  forecast: Forecast;
  method: string;
  /** The lengths in rows of the seasons that were used. */
  seasons: number[];
  /** How much each forecaster counts, largest first. */
  shares: { name: string; share: number }[];
  warnings: string[];
}
