import type { PreviewedAlert } from '@techze/contracts';
import { see, unborn, type Life } from '../findings/life/index.js';
import { wordOf } from '../findings/words.js';
import { assess, type Assessment } from '../scoring/assessment.js';
import type { CheckCode, StoredReading } from '../scoring/index.js';
import { policyOf, type RuleInForce } from './rule-in-force.js';

/** A finding in the replay, and the alert that it last gave. */
interface Replayed {
  life: Life;
  alert: PreviewedAlert | undefined;
}

/** One device's past, judged by one rule and told through the life of findings: what would have been told of it. */
export class Replay {
  /** In the order in which they would have gone out. */
  readonly alerts: PreviewedAlert[] = [];
  private readonly findings = new Map<string, Replayed>();

  constructor(
    private readonly deviceId: string,
    private readonly code: CheckCode,
    private readonly rule: RuleInForce,
    private readonly policy = policyOf(new Map([[code, rule]])),
  ) {}

  /** The next diagnostic of the device. */
  take(at: Date, readings: readonly StoredReading[]): void {
    for (const assessment of assess(readings, this.policy)) this.observe(at, assessment);
  }

  /** Findings that are open at the end. */
  get openNow(): number {
    return [...this.findings.values()].filter(({ life }) => life.state === 'open').length;
  }

  private observe(at: Date, assessment: Assessment): void {
    const { key, severity, evidence } = assessment;
    const word = wordOf(assessment);
    const known = this.findings.get(key);
    if (!known && word.kind !== 'entered') return;
    const before = known?.life ?? unborn(this.code, severity ?? 'info', at);
    const { life, news } = see(before, word, {
      at,
      now: at,
      windows: [],
      failsBeforeAlert: this.rule.failsBeforeAlert,
    });
    const finding: Replayed = { life, alert: known?.alert };
    this.findings.set(key, finding);
    if (finding.alert?.resolved_at === null && life.state === 'resolved') finding.alert.resolved_at = at.toISOString();
    if (news?.type !== 'opened') return;
    finding.alert = {
      device_id: this.deviceId,
      key,
      severity: life.severity,
      at: at.toISOString(),
      value: evidence.value,
      resolved_at: null,
    };
    this.alerts.push(finding.alert);
  }
}

/** Alerts of one replay while which the other replay of the same device has no finding of that key open. */
export function missingIn(others: readonly PreviewedAlert[], alerts: readonly PreviewedAlert[]): PreviewedAlert[] {
  return alerts.filter((alert) => !others.some((other) => other.key === alert.key && overlap(other, alert)));
}

function overlap(a: PreviewedAlert, b: PreviewedAlert): boolean {
  return (b.resolved_at === null || a.at < b.resolved_at) && (a.resolved_at === null || b.at < a.resolved_at);
}
