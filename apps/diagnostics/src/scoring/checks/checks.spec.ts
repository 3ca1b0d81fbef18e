import { Category } from '@techze/contracts';
import { PENALTY } from '../penalty.js';
import type { Check } from './check.js';
import { checks } from './checks.js';

const all: [string, Check][] = Object.entries(checks);

describe.each(all)('check %s', (_code, { rule, title, fix, metric, unit, source, hardware_failing }) => {
  it('is told in both languages, with nothing that stays unfilled', () => {
    for (const text of [title.en, title['pt-BR'], fix.en, fix['pt-BR'], metric, unit, source])
      expect(text.trim()).not.toBe('');
    for (const text of [title.en, title['pt-BR']])
      expect(text.replace(/\{(instance|value|threshold|detail)\}/g, '')).not.toMatch(/[{}]/);
    for (const text of [fix.en, fix['pt-BR']]) expect(text).not.toMatch(/[{}]/);
  });

  it('has limits in the order in which things get worse', () => {
    if (rule.kind === 'states') {
      expect(rule.penalties[rule.good]).toBe(0);
      expect(Object.values(rule.penalties).every((penalty) => penalty >= 0 && penalty <= PENALTY.fail)).toBe(true);
      return;
    }
    const { leave, warning, criticalLeave, critical, fail } = rule.kind === 'levels' ? rule.levels : rule.rates;
    const sign = rule.kind === 'levels' && rule.worse === 'below' ? -1 : 1;
    const order = [leave, warning, critical, fail].flatMap((limit) => (limit === null ? [] : [limit * sign]));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    if (criticalLeave !== null) expect(criticalLeave * sign).toBeLessThanOrEqual((critical ?? NaN) * sign);
    if (rule.kind === 'buckets') {
      const edges = rule.buckets.map(({ upTo }) => upTo);
      expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
    }
  });

  it('can be critical where it says that hardware is failing', () => {
    if (!hardware_failing) return;
    if (rule.kind === 'states') expect(Math.max(...Object.values(rule.penalties))).toBe(PENALTY.fail);
    else expect((rule.kind === 'levels' ? rule.levels : rule.rates).critical).not.toBeNull();
  });
});

it('covers every category', () => {
  expect([...new Set(all.map(([, { category }]) => category))].sort()).toEqual([...Category.options].sort());
});
