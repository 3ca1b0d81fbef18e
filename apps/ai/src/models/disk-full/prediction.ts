import type { Forecast } from '../forecast/index.js';

/** When a disk is full, in hours from the last row that is known. */
export interface Eta {
  hours: number;
  /** With `high`, the band that holds the true moment in eight of ten cases. */
  low: number;
  /** Null where more than a tenth of the futures never fill the disk within the year that is looked ahead. */
  high: number | null;
}

export interface DiskFullDriver {
  attribute: 'growth_per_day' | 'growth_change_per_day' | 'freed_by_cleanup';
  value: number;
  /** What the use changed by in the last 30 days, or as many as are known. */
  delta_30d: number | null;
  /** Which share of what is still free it fills: together 1. */
  contribution: number;
}

/** What becomes of a disk, in the words of the answer. */
export interface DiskFullPrediction {
  will_fill: boolean;
  eta: Eta | null;
  drivers: DiskFullDriver[];
  /** Its use as far ahead as was looked back, at most 30 days; absent where there is no trend to go by. */
  forecast?: Forecast;
  method: string;
  warnings: string[];
}
