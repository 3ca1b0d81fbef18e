import type { Recommendation } from '@techze/contracts';
import type { Facts } from './facts.js';
import type { Ground } from './ground.js';
import { groundsOf } from './grounds.js';
import { recommendationIdOf } from './recommendation-id.js';
import { wordsOf } from './words.js';

const DAY_MS = 86_400_000;
/** What is dismissed is back once its priority is so many times what it was. */
export const WORSE = 1.25;
/** So much of what speaks for one recommendation is named, the newest first. */
const MAX_EVIDENCE = 20;

/** What to do, the most worth doing first, without what was dismissed and did not grow worse. */
export function recommend(facts: Facts): Recommendation[] {
  const dismissed = new Map(facts.dismissals.map(({ id, priority }) => [id, priority]));
  return everyRecommendation(facts).filter(({ id, priority }) => priority >= (dismissed.get(id) ?? 0) * WORSE);
}

/** Also what was dismissed. */
export function everyRecommendation(facts: Facts): Recommendation[] {
  const bySubject = new Map<string, [Ground, ...Ground[]]>();
  for (const ground of groundsOf(facts)) {
    const { rule, deviceId, key } = ground;
    const id = recommendationIdOf({ tenantId: facts.tenant_id, deviceId, code: rule.code, key });
    const known = bySubject.get(id);
    if (known) known.push(ground);
    else bySubject.set(id, [ground]);
  }
  return [...bySubject]
    .map(([id, grounds]) => recommendationOf(id, grounds, facts))
    .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
}

function recommendationOf(id: string, grounds: readonly [Ground, ...Ground[]], facts: Facts): Recommendation {
  const [first] = grounds;
  const { rule, deviceId, subject } = first;
  const gain = Math.min(
    100,
    grounds.reduce((sum, { points }) => sum + points, 0),
  );
  const probability = grounds.reduce((most, ground) => Math.max(most, ground.probability), 0);
  const impact = Math.max(gain, rule.harm);
  const told = grounds.reduce((all, ground) => ({ ...all, ...ground.facts }), {});
  return {
    id,
    code: rule.code,
    device_id: deviceId,
    subject,
    ...wordsOf(rule.code, facts.language, { ...told, part: subject === null ? '' : ` ${subject}` }),
    priority: rounded((probability * impact) / rule.effort),
    expected_score_gain: rounded(gain),
    probability,
    impact: rounded(impact),
    effort: rule.effort,
    workflow_id: null,
    success_rate: null,
    evidence: evidenceOf(grounds),
    expires_at: expiryOf(grounds, facts.now),
  };
}

function evidenceOf(grounds: readonly Ground[]): Recommendation['evidence'] {
  return grounds
    .flatMap(({ evidence }) => evidence)
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.ref < b.ref ? -1 : 1))
    .slice(0, MAX_EVIDENCE);
}

/** A day on, in whole hours so that it is the same when asked twice; or when it is too late, if that is sooner. */
function expiryOf(grounds: readonly Ground[], now: number): string {
  const tomorrow = Math.ceil(now / 3_600_000) * 3_600_000 + DAY_MS;
  const due = grounds.reduce((soonest, { dueAt = Infinity }) => Math.min(soonest, dueAt), tomorrow);
  return new Date(Math.max(due, now)).toISOString();
}

const rounded = (value: number) => Math.round(value * 100) / 100;
