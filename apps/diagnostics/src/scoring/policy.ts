import type { Levels, NumberRule } from './checks/check.js';
import type { CheckCode } from './checks/checks.js';

/** What one tenant, site or device wants otherwise. It beats the limits that the device itself names. */
export interface CheckOverride {
  /** Merged over the check's own levels; checks of states have none. */
  levels?: Partial<Levels>;
  /** false: the check neither scores nor finds. */
  enabled?: boolean;
  /** Who wants it so, for the evidence. */
  source: string;
}

/** The overrides in force for one device. */
export type ScoringPolicy = ReadonlyMap<CheckCode, CheckOverride>;

export const DEFAULT_POLICY: ScoringPolicy = new Map();

/**
 * The check's levels with those of the override in their place. Where a finding ends, and where it is as bad as it gets,
 * yields to the levels that are named; `warning` and `critical` never move by themselves.
 */
export function mergeLevels({ worse, levels }: NumberRule, override: Partial<Levels>): Levels {
  const sign = worse === 'above' ? 1 : -1;
  const better = (a: number, b: number) => (a * sign <= b * sign ? a : b);
  const worst = (a: number, b: number) => (a * sign >= b * sign ? a : b);

  const warning = override.warning === undefined ? levels.warning : override.warning;
  const critical = override.critical === undefined ? levels.critical : override.critical;
  const leave = override.leave ?? better(levels.leave, warning ?? critical ?? levels.leave);
  return {
    leave,
    warning,
    critical_leave: criticalLeave(),
    critical,
    fail: override.fail ?? worst(levels.fail, critical ?? warning ?? leave),
  };

  function criticalLeave(): number | null {
    if (critical === null) return null;
    if (override.critical_leave !== undefined) return override.critical_leave;
    return levels.critical_leave === null ? null : better(worst(levels.critical_leave, leave), critical);
  }
}
