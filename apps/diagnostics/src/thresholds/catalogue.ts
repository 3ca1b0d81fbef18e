import type { EffectiveThresholds, ThresholdCatalogue } from '@techze/contracts';
import { checks, SCORING_VERSION, type CheckCode, type Levels } from '../scoring/index.js';
import { mergeLevels } from '../scoring/policy.js';
import { ruleInForce, type RuleInForce } from './rule-in-force.js';

const codes = Object.keys(checks) as CheckCode[];

/** What can be overridden, as this release ships it. */
export const catalogue: ThresholdCatalogue = {
  scoring_version: SCORING_VERSION,
  checks: codes.map((code) => {
    const { category, metric, unit, rule, source, title } = checks[code];
    const number = rule.kind === 'states' ? null : rule;
    return {
      code,
      category,
      metric,
      unit,
      kind: rule.kind,
      worse: number?.worse ?? null,
      levels: number?.levels ?? null,
      source,
      title,
    };
  }),
};

/** What every check comes to under these rules, and who says so. */
export function effectiveChecks(rules: ReadonlyMap<CheckCode, RuleInForce>): EffectiveThresholds['checks'] {
  return codes.map((code) => {
    const {
      levels: named,
      failsBeforeAlert,
      enabled,
      from,
      source,
      setAside,
    } = rules.get(code) ?? ruleInForce(code, []);
    const { rule } = checks[code];
    const levels = rule.kind === 'states' ? null : mergeLevels(rule, named);
    const originOf = (level: keyof Levels) =>
      from[level] ?? (rule.kind !== 'states' && levels?.[level] === rule.levels[level] ? 'default' : 'derived');
    return {
      code,
      levels,
      fails_before_alert: failsBeforeAlert,
      enabled,
      source,
      from: {
        levels: levels && {
          leave: originOf('leave'),
          warning: originOf('warning'),
          critical_leave: originOf('critical_leave'),
          critical: originOf('critical'),
          fail: originOf('fail'),
        },
        fails_before_alert: from.fails_before_alert ?? 'default',
        enabled: from.enabled ?? 'default',
      },
      set_aside: [...setAside],
    };
  });
}
