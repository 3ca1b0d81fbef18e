import type { CheckCode } from '../scoring/index.js';
import { ruleInForce, type Override, type RuleInForce } from './rule-in-force.js';
import type { ThresholdRow } from './threshold.entity.js';
import type { Place } from './thresholds.repository.js';

/** An override and where it holds. */
export type PlacedOverride = Override & Pick<ThresholdRow, 'site_id' | 'device_id'>;

/** The rule of one check on every device, out of all overrides of that check. */
export class RulesByPlace {
  private readonly overrides: ReadonlyMap<string, PlacedOverride>;

  /** @param overrides of two for one place the later one counts */
  constructor(
    private readonly code: CheckCode,
    overrides: readonly PlacedOverride[],
  ) {
    this.overrides = new Map(overrides.map((override) => [placeOf(override), override]));
  }

  at({ siteId, deviceId }: Place): RuleInForce {
    const places = ['', siteId, deviceId].filter((place) => place !== null);
    return ruleInForce(
      this.code,
      places.flatMap((place) => this.overrides.get(place) ?? []),
    );
  }
}

/** Ids of sites and devices never coincide. */
function placeOf({ device_id, site_id }: PlacedOverride): string {
  return device_id ?? site_id ?? '';
}
