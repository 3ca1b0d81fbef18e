import fc from 'fast-check';
import { sequencesOf, type Event } from './index.js';
import { MAX_SESSION_EVENTS, sessionsOf } from './sessions.js';

const MINUTE = 60_000;
const at = (minutes: number, type: string): Event => ({ at: minutes * MINUTE, type });

describe('sessions', () => {
  it('end at a pause longer than the gap, whatever the order the events came in', () => {
    const sessions = sessionsOf([at(100, 'c'), at(0, 'a'), at(30, 'b')], 30 * MINUTE);
    expect(sessions.map(({ types }) => types)).toEqual([['a', 'b'], ['c']]);
  });

  it('end where there are too many events', () => {
    const events = Array.from({ length: MAX_SESSION_EVENTS + 1 }, (_, i) => at(i, 'x'));
    expect(sessionsOf(events, MINUTE).map(({ types }) => types.length)).toEqual([MAX_SESSION_EVENTS, 1]);
  });
});

describe('sequences', () => {
  it('are told with support, confidence and lift', () => {
    const days = [0, 1, 2, 3].map((day) => day * 24 * 60);
    const events = [
      ...days.map((start) => at(start, 'driver_update')),
      ...days.slice(0, 3).map((start) => at(start + 5, 'bsod')),
      at(10_000, 'login'),
    ];
    expect(sequencesOf(events)).toEqual({
      sequences: [
        { pattern: ['driver_update', 'bsod'], support: 3 / 5, confidence: 3 / 4, lift: 0.75 / (3 / 5), count: 3 },
      ],
      sessions: 5,
      truncated: false,
      steps: expect.any(Number),
    });
  });

  it('are exactly those a search over every pattern finds', () => {
    const events = fc.array(fc.record({ at: fc.integer({ min: 0, max: 60 }), type: fc.constantFrom('a', 'b', 'c') }), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }), (list, maxGapMs, min) => {
        const options = { maxGapMs, minSessions: min, maxLength: 3, limit: 1_000 };
        const found = new Map(sequencesOf(list, options).sequences.map((it) => [it.pattern.join(), it]));
        const sessions = sessionsOf(list, maxGapMs);
        const count = (pattern: string[]) => sessions.filter((session) => holds(session, pattern, maxGapMs)).length;
        let expected = 0;
        for (const pattern of patterns(3)) {
          const sessionsWith = count(pattern);
          if (pattern.length < 2 || sessionsWith < min) continue;
          expected++;
          const it = found.get(pattern.join());
          expect(it?.count).toBe(sessionsWith);
          expect(it?.support).toBe(sessionsWith / sessions.length);
          expect(it?.confidence).toBe(sessionsWith / count(pattern.slice(0, -1)));
          expect(it?.lift).toBeCloseTo((it?.confidence ?? 0) / (count(pattern.slice(-1)) / sessions.length), 12);
        }
        expect(found.size).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('do not depend on the order in which the events are handed over', () => {
    const events = Array.from({ length: 60 }, (_, i) => at(i * 11 + (i % 5) * 30, ['a', 'b', 'c'][(i * 7) % 3] ?? ''));
    expect(sequencesOf(events.toReversed())).toEqual(sequencesOf(events));
  });

  it('stop after so many steps and say so, whatever grows, and hold on to no more than they tell', () => {
    const boots = (times: number, services: number) =>
      Array.from({ length: times * services }, (_, i) =>
        at(Math.floor(i / services) * 1_000 + (i % services) / 100, `service ${i % services}`),
      );
    const turns = Array.from({ length: 60_000 }, (_, i) => at(i, `type ${(i * 7919) % 13}`));
    for (const events of [boots(2, 300), turns]) {
      const { truncated, sequences, steps } = sequencesOf(events);
      expect(truncated).toBe(true);
      expect(sequences).toHaveLength(50);
      expect(steps).toBeLessThanOrEqual(1_000_000);
    }
  });

  it('are the best of all there are, whatever was found first', () => {
    const events = Array.from({ length: 300 }, (_, i) => at(i * 11 + (i % 5) * 30, `type ${(i * i * 7) % 11}`));
    const all = sequencesOf(events, { limit: 10_000 }).sequences;
    expect(all.length).toBeGreaterThan(50);
    expect(sequencesOf(events).sequences).toEqual(all.slice(0, 50));
  });

  it('of nothing are none', () => {
    expect(sequencesOf([])).toEqual({ sequences: [], sessions: 0, truncated: false, steps: 0 });
  });
});

const patterns = (maxLength: number): string[][] => {
  const all: string[][] = [[]];
  for (let i = 0; i < all.length; i++) {
    const pattern = all[i] ?? [];
    if (pattern.length < maxLength) all.push(...['a', 'b', 'c'].map((type) => [...pattern, type]));
  }
  return all.slice(1);
};

function holds({ at, types }: { at: readonly number[]; types: readonly string[] }, pattern: string[], gap: number) {
  const from = (place: number, previous: number | null): boolean =>
    place === pattern.length ||
    types.some(
      (type, i) =>
        type === pattern[place] &&
        (previous === null || (i > previous && (at[i] ?? 0) - (at[previous] ?? 0) <= gap)) &&
        from(place + 1, i),
    );
  return from(0, null);
}
