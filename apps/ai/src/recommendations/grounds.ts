import type { RecommendationEvidence, Severity } from '@techze/contracts';
import { cohortsOf } from '../models/cohorts/index.js';
import type { Facts, FindingFact } from './facts.js';
import type { Ground } from './ground.js';
import { predictions } from './predictions.js';
import { anomalyRule, fleetRule, ruleOf } from './rules.js';

/** How likely a fault harms within a month, by how severe it is: an order for want of a frequency. */
const PROBABILITIES: Readonly<Record<Severity, number>> = { critical: 0.9, warning: 0.5, info: 0.2 };
/** An anomaly is a hint, not a fault: half as likely. */
const HINT = 0.5;
/** Of a fleet's incident so many findings are named. */
const FLEET_EVIDENCE = 5;

/** Every reason that the facts give. */
export function groundsOf(facts: Facts): Ground[] {
  const ofFindings = facts.findings.map(groundOfFinding);
  return [...ofFindings, ...predictions(facts), ...groundsOfAnomalies(facts), ...groundsOfFleet(facts)];
}

function groundOfFinding(finding: FindingFact): Ground {
  const rule = ruleOf(finding.code);
  const { code, instance, evidence, severity } = finding;
  const key = rule.by === 'device' ? '' : rule.findings.length === 0 ? finding.key : (instance ?? '');
  return {
    rule,
    deviceId: finding.device_id,
    key,
    subject: rule.by === 'part' ? instance : null,
    probability: PROBABILITIES[severity],
    points: finding.points,
    evidence: [
      {
        source: 'finding',
        ref: `/api/v1/findings/${finding.id}`,
        metric: evidence.metric,
        value: evidence.value,
        threshold: evidence.threshold,
        at: new Date(finding.last_seen).toISOString(),
      },
    ],
    facts: { codes: code },
  };
}

/** Where a finding tells of the same metric, the anomaly is one more reason for what that asks; else one by itself. */
function groundsOfAnomalies({ anomalies, findings }: Facts): Ground[] {
  return anomalies.map((anomaly) => {
    const { device_id, metric, instance, severity, value, expected_high, end_at } = anomaly;
    const same = findings.find(
      (finding) =>
        finding.device_id === device_id && finding.evidence.metric === metric && (finding.instance ?? '') === instance,
    );
    const evidence: RecommendationEvidence = {
      source: 'anomaly',
      ref: `/api/v3/ai/anomalies/${anomaly.id}`,
      metric,
      value,
      threshold: expected_high,
      at: new Date(end_at).toISOString(),
    };
    const probability = PROBABILITIES[severity] * HINT;
    if (same) return { ...groundOfFinding(same), points: 0, probability, evidence: [evidence] };
    return {
      rule: anomalyRule,
      deviceId: device_id,
      key: `${metric}:${instance}`,
      subject: instance === '' ? null : instance,
      probability,
      points: 0,
      evidence: [evidence],
      facts: { metric },
    };
  });
}

/** Fleet incidents; those that the device is part of, where one is asked for. */
function groundsOfFleet({ fleet, device_id }: Facts): Ground[] {
  const devices = new Map(fleet.map((device) => [device.device_id, device]));
  const cohorts = cohortsOf(
    fleet.map(({ device_id: id, attributes, findings }) => ({
      device_id: id,
      attributes,
      codes: Object.keys(findings),
    })),
  );
  return cohorts
    .filter((cohort) => device_id === null || cohort.devices.includes(device_id))
    .map(({ attribute, value, codes, devices: members, of, p_value }) => ({
      rule: fleetRule,
      deviceId: null,
      key: `${attribute}=${value}:${codes.join(',')}`,
      subject: value,
      probability: members.length / of,
      points: 0,
      evidence: members.slice(0, FLEET_EVIDENCE).flatMap((member) => {
        const device = devices.get(member);
        const id = device?.findings[codes[0] ?? ''];
        if (!device || id === undefined) return [];
        return [
          {
            source: 'pattern' as const,
            ref: `/api/v1/findings/${id}`,
            metric: `p_value of ${attribute} ${value}`,
            value: p_value,
            threshold: null,
            at: new Date(device.last_seen ?? 0).toISOString(),
          },
        ];
      }),
      facts: { attribute, value, codes: codes.join(', '), devices: members.length, of },
    }));
}
