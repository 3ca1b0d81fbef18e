import { RowMemory } from './row-memory.js';

describe('what is remembered of many rows', () => {
  it('is evenly spread over all of them, and no more than 1,024', () => {
    const memory = new RowMemory(1);
    for (let row = 0; row < 10_000; row += 1) {
      memory.add(Float64Array.of(row));
      expect(memory.all().length).toBeLessThanOrEqual(1024);
    }
    const kept = [...memory.all()];
    const steps = new Set(kept.slice(1).map((row, index) => row - kept[index]!));
    expect(steps).toEqual(new Set([16]));
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(9984);
  });
});
