import { Category, categoryWeights } from '@techze/contracts';
import fc from 'fast-check';
import { caps } from '../../../src/scoring/caps.js';
import { checks } from '../../../src/scoring/checks/checks.js';
import { evidenceOfReadings } from '../../../src/scoring/index.js';
import { evidence, policy, readings } from './evidence.arbitrary.js';
import { always, judge, same, sum } from './judged.js';

describe('of whatever a machine shows, the verdict', () => {
  it('sum exact: the deductions add up to 100 − score, to the hundredth', () => {
    always([evidence, policy], (shown, wanted) => {
      const { score, deductions } = judge(shown, wanted);
      const lost = sum(deductions.map(({ points }) => Math.round(points * 100)));
      return lost === (score === null ? 0 : Math.round((100 - score) * 100));
    });
  });

  it('bounded: score, categories, points and coverage stay within their bounds', () => {
    always([evidence, policy], (shown, wanted) => {
      const { score, categories, deductions, coverage } = judge(shown, wanted);
      const within = (value: number | null) => value === null || (value >= 0 && value <= 100);
      return (
        within(score) &&
        categories.every((category) => within(category.score)) &&
        deductions.every(({ points }) => within(points)) &&
        coverage >= 0 &&
        coverage <= 1
      );
    });
  });

  it('explained: a deduction for every finding, and points without a finding only below the warning level or for a cap', () => {
    always([evidence, policy], (shown, wanted) => {
      const { deductions, findings, observations } = judge(shown, wanted);
      const named = new Map(deductions.flatMap(({ key, points }) => (key === null ? [] : [[key, points] as const])));
      const found = observations.filter(({ severity }) => severity !== null).map(({ key }) => key);
      return (
        same(findings.map(({ key }) => key).sort(), [...named.keys()].sort()) &&
        same(findings.map(({ key }) => key).sort(), found.sort()) &&
        findings.every(({ key, points }) => named.get(key) === points)
      );
    });
  });

  it('cap honest: capped exactly where the worst fault says so, and a cap is a deduction that names it', () => {
    always([evidence, policy], (shown, wanted) => {
      const { score, deductions, findings, observations } = judge(shown, wanted);
      if (score === null) return true;
      const critical = findings.filter(({ severity }) => severity === 'critical');
      const seen = (code: string, limit: (value: number) => boolean) =>
        observations.some((each) => each.code === code && limit(Number(each.value)));
      const limits = [
        ...critical.map(({ code }) => (checks[code as keyof typeof checks].hardware_failing ? 25 : 49)),
        ...(seen('OS_SUPPORT', (value) => value < 0) ? [70] : []),
        ...(seen('FS_USED', (value) => value >= 98) ? [79] : []),
      ];
      const lowest = Math.min(100, ...limits);
      const capping = deductions.filter(({ code }) => caps.some((cap) => cap.code === code));
      if (capping.length > 1 || score > lowest) return false;
      return capping.every(
        ({ key, points, evidence: { source } }) => key === null && points > 0 && score === lowest && source !== '',
      );
    });
  });

  it('full disk never healthy: from 98 % on', () => {
    const full = fc.double({ min: 98, max: 100, noNaN: true });
    const freeBytes = fc.constantFrom(undefined, 69);
    always([readings, full, freeBytes], (shown, value, at_most) => {
      const disk = { code: 'FS_USED' as const, instance: 'C:', value, ...(at_most && { at_most }) };
      const { score, band } = judge(evidenceOfReadings([...shown, disk]));
      return score !== null && score <= 79 && band !== 'healthy';
    });
  });

  it('coverage-honest: coverage is the weight of the categories that have a score, which share the score by weight', () => {
    always([evidence, policy], (shown, wanted) => {
      const { score, band, coverage, categories } = judge(shown, wanted);
      const observed = categories.filter((category) => category.score !== null);
      const weight = sum(observed.map(({ name }) => categoryWeights[name]));
      return (
        same(
          categories.map(({ name }) => name),
          Category.options,
        ) &&
        coverage === weight / 100 &&
        (score === null) === (observed.length === 0) &&
        (band === 'unknown') === coverage < 0.4 &&
        observed.every((category) => category.weight === categoryWeights[category.name] / weight) &&
        categories.every(
          (category) => (category.score === null) === (category.reason !== null && category.weight === 0),
        )
      );
    });
  });

  it('coverage-honest: leaving out all of one category changes no other', () => {
    always([readings, fc.constantFrom(...Category.options)], (shown, left) => {
      const rest = shown.filter(({ code }) => checks[code].category !== left);
      const [whole, without] = [shown, rest].map((each) => judge(evidenceOfReadings(each)));
      const others = (verdict: typeof whole) =>
        verdict?.categories.filter(({ name }) => name !== left).map(({ name, score }) => [name, score]);
      return same(others(whole), others(without)) && (without?.coverage ?? 0) <= (whole?.coverage ?? 0);
    });
  });

  it('order-independent: the same whatever the order of what was seen', () => {
    const shuffled = readings.chain((shown) =>
      fc.shuffledSubarray(shown, { minLength: shown.length }).map((other) => ({ shown, other })),
    );
    always([shuffled, policy], ({ shown, other }, wanted) => {
      const [a, b] = [shown, other].map((each) => judge(evidenceOfReadings(each), wanted));
      return same(
        [a?.score, a?.categories, a?.deductions, a?.findings, a?.observations],
        [b?.score, b?.categories, b?.deductions, b?.findings, b?.observations],
      );
    });
  });

  it('stored readings: judged again from what the row keeps, it is the same', () => {
    always([evidence, policy], (shown, wanted) => {
      const first = judge(shown, wanted);
      const again = judge(
        evidenceOfReadings(JSON.parse(JSON.stringify(first.readings)) as typeof first.readings),
        wanted,
      );
      return same(
        [first.score, first.band, first.coverage, first.deductions, first.findings, first.observations],
        [again.score, again.band, again.coverage, again.deductions, again.findings, again.observations],
      );
    });
  });

  it('hold: what keeps an open finding is never below what opens one', () => {
    const rank = { info: 1, warning: 2, critical: 3 };
    always([evidence, policy], (shown, wanted) =>
      judge(shown, wanted).observations.every(
        ({ severity, hold }) => severity === null || (hold !== null && rank[hold] >= rank[severity]),
      ),
    );
  });
});
