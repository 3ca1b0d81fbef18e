import { storage } from '../../test/findings/sections.js';
import { scoreDiagnostic } from '../scoring/index.js';
import type { FindingRow } from './finding.entity.js';
import { observationsOf, wordOnUnobserved } from './words.js';

const NOW = new Date('2026-11-22T08:00:00Z');
const mounts = (count: number, percent: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`/data/${String(index).padStart(3, '0')}`, percent]));
const finding = (instance: string) =>
  ({ code: 'FS_USED', key: `FS_USED:${instance}`, instance }) as Partial<FindingRow> as FindingRow;

describe('of one of very many parts a diagnostic says', () => {
  const word = (percents: Record<string, number>, instance: string) => {
    const scoring = scoreDiagnostic(storage({ mounts: percents }), NOW);
    expect(observationsOf(scoring).has(`FS_USED:${instance}`)).toBe(false);
    return wordOnUnobserved(finding(instance), scoring, new Map());
  };

  it('that it is clear, where even the worst are', () => {
    expect(word({ ...mounts(200, 60), '/srv': 20 }, '/srv')).toEqual({ kind: 'cleared', reason: 'cleared' });
  });

  it('nothing, where those that were looked at are all bad', () => {
    expect(word({ ...mounts(200, 95), '/srv': 91 }, '/srv')).toBeUndefined();
  });

  it('nothing, where its value could not be read', () => {
    expect(word(mounts(200, 60), '/srv')).toBeUndefined();
  });
});
