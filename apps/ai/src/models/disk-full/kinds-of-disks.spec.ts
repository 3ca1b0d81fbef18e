import { diskKinds, horizon, madeDisk } from '../../../test/support/made-disks.js';
import { predictDiskFull } from './index.js';

/** Chance decides how soon bursts fill a disk; all else goes on as it began. */
const most = (kind: string): number => (kind === 'bursts' ? 0.3 : 0.07);
const held: boolean[] = [];

describe('disks of each kind whose future is known', () => {
  it.each(diskKinds)('%s: whether they fill within 60 days, and when', (kind) => {
    for (const seed of [1, 2]) {
      const { series, capacity, hoursToFull } = madeDisk(kind, seed);
      const { eta } = predictDiskFull(series, capacity);
      expect((eta?.hours ?? Infinity) <= horizon).toBe(hoursToFull !== null);
      if (hoursToFull === null) continue;
      expect(Math.abs(eta!.hours - hoursToFull)).toBeLessThanOrEqual(Math.max(1, most(kind) * hoursToFull));
      held.push(hoursToFull >= eta!.low && hoursToFull <= (eta!.high ?? Infinity));
    }
  });

  it('have the moment within the band in about eight cases of ten', () => {
    expect(held.length).toBeGreaterThanOrEqual(14);
    expect(held.filter(Boolean).length / held.length).toBeGreaterThan(0.7);
  });
});
