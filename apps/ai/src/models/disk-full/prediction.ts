import type { Forecast } from '../forecast/index.js';

/** When a disk is full, in hours from its last row. */
export interface Eta {
  hours: number;
  /** With `high`, the band that holds the true moment in eight of ten cases. */
  low: number;
  /** Null where more than a tenth of the futures never fill the disk within the year that is looked ahead. */
  high: number | null;
}

export interface DiskFullDriver {
  attribute: 'growth_per_day' | 'free' | 'cleanup' | 'regime_change' | 'acceleration';
  value: number;
  /** What the last 30 days (or as much as is known) changed. */
  delta_30d: number | null;
  /** 0…1, together 1. */
  contribution: number;
}

/** What becomes of a disk, in the words of the answer. */
export interface DiskFullPrediction {
  will_fill: boolean;
  eta: Eta | null;
  drivers: DiskFullDriver[];
  /** The next days of its use; absent where too few rows are known. */
  forecast?: Forecast;
  method: string;
  warnings: string[];
}
