import type { Finding, Health } from '@techze/contracts';
import { compareDiagnostics } from './compare-diagnostics.js';

const finding = (key: string, changes: Partial<Finding> = {}): Finding => ({
  id: `fnd_${key}`,
  key,
  category: 'storage',
  code: key.split(':')[0] ?? key,
  severity: 'warning',
  title: key,
  evidence: { metric: 'm', value: 95, unit: '%', threshold: 90, source: 's' },
  points: 1,
  state: 'open',
  first_seen: '2026-11-22T08:00:00.000Z',
  last_seen: '2026-11-22T08:00:00.000Z',
  occurrences: 1,
  trend: null,
  acknowledgement: null,
  ...changes,
});
const health = (score: number | null, storage: number | null): Health => ({
  score,
  band: 'healthy',
  coverage: 0.1 + 0.2,
  categories: [{ name: 'storage', score: storage, weight: 1, reason: null }],
  deductions: [],
});

describe('two diagnostics', () => {
  it('without evidence have nothing between them that anybody knows', () => {
    const nothing = { health: null, findings: null, readings: null };
    expect(compareDiagnostics(nothing, nothing)).toMatchObject({
      score: { from: null, to: null, delta: null },
      findings: { opened: [], resolved: [], changed: [], unobserved: [] },
    });
  });

  it('differ by figures without the dust of binary fractions', () => {
    const from = { health: health(99.1, 100), findings: [] };
    const to = { health: { ...health(98.9, null), coverage: 0.7 }, findings: [] };
    expect(compareDiagnostics(from, to)).toMatchObject({
      score: { delta: -0.2 },
      coverage: { delta: 0.4 },
      categories: expect.arrayContaining([{ name: 'storage', from: 100, to: null, delta: null }]),
    });
  });

  it('share a finding that changed only where its severity or its value did', () => {
    const from = { health: null, findings: [finding('A'), finding('B'), finding('C')] };
    const to = {
      health: null,
      findings: [
        finding('A', { points: 3, title: 'other words' }),
        finding('B', { severity: 'critical' }),
        finding('C', { evidence: { ...finding('C').evidence, value: 96 } }),
      ],
    };
    expect(compareDiagnostics(from, to).findings.changed.map(({ key }) => key)).toEqual(['B', 'C']);
  });

  it('of the release before this one, a fault is resolved where its category was seen', () => {
    const from = { health: health(50, 50), findings: [finding('FS_USED:/')] };
    const seen = compareDiagnostics(from, { health: health(100, 100), findings: [] }).findings;
    const unseen = compareDiagnostics(from, { health: health(100, null), findings: [] }).findings;
    expect([seen.resolved.length, seen.unobserved.length]).toEqual([1, 0]);
    expect([unseen.resolved.length, unseen.unobserved.length]).toEqual([0, 1]);
  });
});
