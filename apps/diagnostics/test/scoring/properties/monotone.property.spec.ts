import fc from 'fast-check';
import { INSTANCES_PER_CHECK } from '../../../src/scoring/assessment.js';
import { checks } from '../../../src/scoring/checks/checks.js';
import { evidenceOfReadings, type StoredReading } from '../../../src/scoring/index.js';
import { numberRuleOf, policy, readings } from './evidence.arbitrary.js';
import { always, judge, judgeSections, scoreOf } from './judged.js';
import { machineWith, wholeMachine } from './machine.arbitrary.js';
import { worsenings } from './worsenings.js';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** The same reading, nearer to as bad as it gets, or beyond. */
function worsened(reading: StoredReading, amount: number): StoredReading {
  const { code, value } = reading;
  const { rule } = checks[code];
  if (rule.kind === 'states') {
    const worse = Object.entries(rule.penalties)
      .sort(([, a], [, b]) => a - b)
      .map(([state]) => state);
    const index = worse.indexOf(String(value));
    return { ...reading, value: worse[index + Math.floor(amount * (worse.length - index))] ?? value };
  }
  if (typeof value !== 'number') return reading;
  const sign = numberRuleOf(code)?.worse === 'below' ? -1 : 1;
  return { ...reading, value: value + sign * amount ** 2 * (Math.abs(value) + Math.abs(rule.levels.fail - value) + 1) };
}

describe('monotone: the score never rises', () => {
  it('when any one thing that was seen gets worse, under any policy', () => {
    always([readings, policy, unit, unit], (shown, wanted, which, amount) => {
      const index = Math.floor(which * shown.length);
      const worse = shown.map((reading, i) => (i === index ? worsened(reading, amount) : reading));
      const [before, after] = [shown, worse].map((each) => judge(evidenceOfReadings(each), wanted));
      return !before || !after || scoreOf(after) <= scoreOf(before);
    });
  });

  it('when any metric of a whole machine gets worse', () => {
    const changed = fc
      .constantFrom(...worsenings)
      .chain((worsening) => machineWith(worsening.section).map((sections) => ({ sections, ...worsening })));
    always([changed, unit, unit], ({ sections, apply }, amount, pick) => {
      const worse = structuredClone(sections);
      apply(worse, amount, pick);
      return scoreOf(judgeSections(worse)) <= scoreOf(judgeSections(sections));
    });
  });

  it('when many metrics of a machine get worse at once', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...worsenings), unit, unit), { minLength: 2, maxLength: 8 });
    always([machineWith('memory', 'stability'), steps], (sections, taken) => {
      const worse = structuredClone(sections);
      for (const [{ apply }, amount, pick] of taken) apply(worse, amount, pick);
      return scoreOf(judgeSections(worse)) <= scoreOf(judgeSections(sections));
    });
  });

  it('when one of more disks gets hotter than are listed', () => {
    const celsius = fc.array(fc.integer({ min: 30, max: 90 }), {
      minLength: INSTANCES_PER_CHECK + 1,
      maxLength: INSTANCES_PER_CHECK + 4,
    });
    const disks = (temperatures: readonly number[]) =>
      evidenceOfReadings(
        temperatures.map((value, index) => ({ code: 'DISK_TEMPERATURE', value, instance: `disk ${index}` })),
      );
    always([celsius, unit, fc.integer({ min: 1, max: 30 })], (temperatures, which, more) => {
      const index = Math.floor(which * temperatures.length);
      const hotter = temperatures.with(index, (temperatures[index] ?? 0) + more);
      return scoreOf(judge(disks(hotter))) <= scoreOf(judge(disks(temperatures)));
    });
  });
});

it('the list of worsenings reaches every section that is judged', () => {
  const reached = new Set<string>();
  for (const sections of fc.sample(wholeMachine, { numRuns: 200, seed: 7 })) {
    for (const { apply } of worsenings) {
      const worse = structuredClone(sections);
      apply(worse, 0.7, 0.3);
      for (const name of Object.keys(sections)) {
        if (JSON.stringify(worse[name]) !== JSON.stringify(sections[name])) reached.add(name);
      }
    }
  }
  expect([...reached].sort()).toEqual(
    [
      'battery',
      'cpu',
      'graphics',
      'memory',
      'network',
      'os',
      'processes',
      'security',
      'services',
      'stability',
      'storage',
      'thermal',
    ].sort(),
  );
});
