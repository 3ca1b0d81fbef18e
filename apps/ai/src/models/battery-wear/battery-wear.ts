/** When a battery is down to a share of its designed capacity, in hours from its last row. */
export interface WearEta {
  readonly hours: number;
  /** With `high`, by the 95 % band of the wear. */
  readonly low: number;
  /** Null: beyond the ten years that are looked ahead. */
  readonly high: number | null;
}

export interface WearDriver {
  /** The health itself, and what its wear is put down to. */
  readonly attribute: 'battery.health' | 'battery.cycles' | 'age';
  readonly value: number | null;
  /** Points of health, or cycles, in 30 days. */
  readonly delta_30d: number | null;
  /** Points of health lost in 30 days. */
  readonly contribution: number;
}

/** What becomes of a battery, in the words of the answer. */
export interface BatteryWear {
  /** To 80 % of the designed capacity; 0 where it is below already; null where no wear is certain. */
  readonly eta: WearEta | null;
  /** To 60 %. */
  readonly eta_60: WearEta | null;
  /** Heaviest first. */
  readonly drivers: readonly WearDriver[];
  readonly method: string;
  readonly warnings: readonly string[];
}
