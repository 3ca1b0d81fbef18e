/** How a disk's risk is called, mildest first. */
export const bands = ['low', 'elevated', 'high', 'critical'] as const;
export type Band = (typeof bands)[number];

/** What a probability rests on, and what share of failing disks it was measured among. */
export interface Calibration {
  /** `isotonic`: of disks told p, a share p failed; `none`: by rule, an order and not a frequency. */
  readonly method: 'isotonic' | 'none';
  /** Share that failed within the horizon among the disks it was measured on; null: not measured. */
  readonly prevalence: number | null;
  /** Share that fails within the horizon in fleets at large. */
  readonly fleet_prevalence: number | null;
  /** The same disk's probability at the fleet's share. */
  readonly fleet_probability: number | null;
  readonly note: string;
}

export interface DiskRisk {
  /** Of failing within the horizon. */
  readonly probability: number;
  readonly horizon_hours: number;
  readonly band: Band;
  readonly calibration: Calibration;
}

/** What moved the risk: an attribute by number or name, `counters` (their errors together), `age` (power-on hours) or `model`. */
export interface DiskDriver {
  readonly attribute: string;
  readonly value: number | string | null;
  /** Null where it was read only once. */
  readonly delta_30d: number | null;
  /** Log odds it adds; below 0 it speaks for the disk. */
  readonly contribution: number;
}

export interface DiskFailure {
  /** Null: nothing was said that a risk can be told from. Never to be read as healthy. */
  readonly risk: DiskRisk | null;
  /** Heaviest first. */
  readonly drivers: readonly DiskDriver[];
  /** `gbdt`: the trained trees; `rules`: what no failure data covers (NVMe, SSD); `none`: no risk told. */
  readonly method: 'gbdt' | 'rules' | 'none';
  readonly version: string;
  readonly warnings: readonly string[];
}

/** Risks are of failing within 30 days of operation. */
export const HORIZON_HOURS = 720;
/** Growth is shown over as long. */
export const DELTA_HOURS = 720;
