import { Category } from '@techze/contracts';
import { PENALTY } from '../penalty.js';
import type { Check } from './check.js';
import { levelFaults } from '../level-faults.js';
import { checks, type CheckCode } from './checks.js';

const all = Object.entries(checks) as [CheckCode, Check][];

describe.each(all)('check %s', (code, { rule, title, fix, metric, unit, source, hardware_failing }) => {
  it('is told in both languages, with nothing that stays unfilled', () => {
    for (const text of [title.en, title['pt-BR'], fix.en, fix['pt-BR'], metric, unit, source])
      expect(text.trim()).not.toBe('');
    for (const text of [title.en, title['pt-BR']])
      expect(text.replace(/\{(instance|value|threshold|detail|[^{}|]+\|[^{}|]+)\}/g, '')).not.toMatch(/[{}]/);
    for (const text of [fix.en, fix['pt-BR']]) expect(text).not.toMatch(/[{}]/);
  });

  it('has limits in the order in which things get worse', () => {
    if (rule.kind === 'states') {
      expect(rule.penalties[rule.good]).toBe(0);
      expect(Object.values(rule.penalties).every((penalty) => penalty >= 0 && penalty <= PENALTY.fail)).toBe(true);
      return;
    }
    expect(levelFaults(code, rule.levels as unknown as Record<string, unknown>)).toEqual([]);
    if (rule.kind === 'buckets') {
      const edges = rule.buckets.map(({ upTo }) => upTo);
      expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
    }
  });

  it('can be critical where it says that hardware is failing', () => {
    if (!hardware_failing) return;
    if (rule.kind === 'states') expect(Math.max(...Object.values(rule.penalties))).toBe(PENALTY.fail);
    else expect(rule.levels.critical).not.toBeNull();
  });
});

it('covers every category', () => {
  expect([...new Set(all.map(([, { category }]) => category))].sort()).toEqual([...Category.options].sort());
});
