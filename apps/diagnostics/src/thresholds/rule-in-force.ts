import type { ThresholdScope } from '@techze/contracts';
import {
  checks,
  isCheckCode,
  levelFaults,
  type CheckCode,
  type CheckOverride,
  type Levels,
  type ScoringPolicy,
} from '../scoring/index.js';
import type { ThresholdRow } from './threshold.entity.js';

/** What of an override decides. */
export type Override = Pick<
  ThresholdRow,
  'id' | 'scope' | 'code' | 'levels' | 'fails_before_alert' | 'enabled' | 'updated_at'
>;

/** What of one check is in force on one device, and who says so. */
export interface RuleInForce {
  /** Levels that overrides name, to be laid over those of the check. */
  readonly levels: Partial<Levels>;
  readonly failsBeforeAlert: number;
  readonly enabled: boolean;
  /** By field, the id of the override that says so; absent: nobody, so the default. */
  readonly from: Readonly<Partial<Record<keyof Levels | 'fails_before_alert' | 'enabled', string>>>;
  /** As the evidence names it. */
  readonly source: string;
  /** Ids of overrides whose levels do not hold: they contradict what is said nearer to the device. */
  readonly setAside: readonly string[];
}

export const FAILS_BEFORE_ALERT = 1;

const width: Readonly<Record<ThresholdScope, number>> = { tenant: 0, site: 1, device: 2 };

/**
 * What is in force where these overrides of one check meet: device beats site beats tenant, field by field.
 * What was monotone when it was saved need not stay so when a wider override changes later. Then the wider ones give way:
 * of all ways to leave overrides out, the one that keeps the nearest to the device. So the levels are always monotone.
 */
export function ruleInForce(code: CheckCode, overrides: readonly Override[]): RuleInForce {
  const all = widestFirst(overrides);
  const wanted = all.filter(({ levels }) => Object.keys(levels).length > 0);
  const kept = agreeing(code, wanted);
  const setAside = wanted.filter((override) => !kept.includes(override));
  const last = <Field extends 'fails_before_alert' | 'enabled'>(field: Field) =>
    all.findLast((override) => override[field] !== null);
  const [alerting, switching] = [last('fails_before_alert'), last('enabled')];
  const levels = mergeNamed(kept);
  return {
    levels,
    failsBeforeAlert: alerting?.fails_before_alert ?? FAILS_BEFORE_ALERT,
    enabled: switching?.enabled ?? true,
    from: {
      ...Object.fromEntries(Object.keys(levels).map((level) => [level, namerOf(kept, level as keyof Levels)])),
      ...(alerting && { fails_before_alert: alerting.id }),
      ...(switching && { enabled: switching.id }),
    },
    source: sourceOf(code, kept, setAside),
    setAside: setAside.map(({ id }) => id),
  };
}

/** The overrides that scoring has to know of: who is only slower to alert changes no verdict. */
export function policyOf(rules: ReadonlyMap<CheckCode, RuleInForce>): ScoringPolicy {
  const policy = new Map<CheckCode, CheckOverride>();
  for (const [code, { levels, enabled, source }] of rules) {
    const moved = Object.keys(levels).length > 0;
    if (moved || !enabled) policy.set(code, { source, enabled, ...(moved && { levels }) });
  }
  return policy;
}

/** The rule of each check that has an override. Checks that exist no more are left out. */
export function rulesInForce(overrides: readonly Override[]): Map<CheckCode, RuleInForce> {
  const rules = new Map<CheckCode, RuleInForce>();
  for (const { code } of overrides) {
    if (!isCheckCode(code) || rules.has(code)) continue;
    rules.set(
      code,
      ruleInForce(
        code,
        overrides.filter((override) => override.code === code),
      ),
    );
  }
  return rules;
}

export function widestFirst<Placed extends Pick<Override, 'scope'>>(overrides: readonly Placed[]): Placed[] {
  return [...overrides].sort((a, b) => width[a.scope] - width[b.scope]);
}

/** Those that an override of that scope is laid over, widest first. */
export function widerThan<Placed extends Pick<Override, 'scope'>>(
  scope: ThresholdScope,
  overrides: readonly Placed[],
): Placed[] {
  return widestFirst(overrides).filter((other) => width[other.scope] < width[scope]);
}

/** The overrides, widest first, whose levels hold together; the nearer ones count more. */
export function agreeing<Kept extends Pick<Override, 'levels'>>(code: CheckCode, overrides: readonly Kept[]): Kept[] {
  for (let choice = 2 ** overrides.length - 1; choice > 0; choice -= 1) {
    const chosen = overrides.filter((_override, index) => (choice & (1 << index)) !== 0);
    if (levelFaults(code, mergeNamed(chosen)).length === 0) return chosen;
  }
  return [];
}

/** The levels that any of them names, widest first: the last one's where several do. Who has no critical level leaves none either. */
export function mergeNamed(overrides: readonly Pick<Override, 'levels'>[]): Partial<Levels> {
  return overrides.reduce<Partial<Levels>>((wider, { levels }) => {
    const { critical_leave: _gone, ...rest } = wider;
    return { ...(levels.critical === null ? rest : wider), ...levels };
  }, {});
}

function namerOf(overrides: readonly Override[], level: keyof Levels): string | undefined {
  return overrides.findLast(({ levels }) => levels[level] !== undefined)?.id;
}

function sourceOf(code: CheckCode, kept: readonly Override[], setAside: readonly Override[]): string {
  const { source } = checks[code];
  const parts = setAside.map((override) => `${nameOf(override)} is set aside, it contradicts what is nearer`);
  if (kept.length > 0) parts.unshift([...kept].reverse().map(nameOf).join(' over '));
  return parts.length > 0 ? `${parts.join('; ')}; else ${source}` : source;
}

function nameOf({ id, scope, updated_at }: Override): string {
  return `${scope} override ${id} of ${updated_at.toISOString().slice(0, 10)}`;
}
