import fc from 'fast-check';
import type { Charge } from './charge.js';
import { SlidingLogs } from './sliding-logs.js';

const WINDOW = 1_000;
const charge = (key: string, limit: number): Charge => ({ key, rate: { limit, windowMs: WINDOW } });

/** What the algorithm promises, said as slowly as it can be said. */
class Model {
  private readonly passed = new Map<string, number[]>();

  take(charges: readonly Charge[], now: number): boolean {
    const passes = charges.every(({ key, rate }) => this.inWindow(key, now) < rate.limit);
    if (passes) for (const { key } of charges) this.passed.set(key, [...(this.passed.get(key) ?? []), now]);
    return passes;
  }

  inWindow(key: string, now: number): number {
    return (this.passed.get(key) ?? []).filter((time) => now - time <= WINDOW).length;
  }

  /** Most that passed in any window, wherever it begins. */
  most(key: string): number {
    const times = this.passed.get(key) ?? [];
    return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time - from <= WINDOW).length));
  }
}

const steps = fc.array(
  fc.record({ waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_500 })), user: fc.constantFrom('a', 'b') }),
  { maxLength: 150 },
);

test('lets pass exactly what the model lets pass, and never more than the limit in any window', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 12 }), (requests, own, ceiling) => {
      const [logs, model] = [new SlidingLogs(), new Model()];
      let now = 0;
      for (const { waitMs, user } of requests) {
        now += waitMs;
        const charges = [charge(user, own), charge('tenant', ceiling)];
        const expected = model.take(charges, now);
        expect(logs.take(charges, now).passed).toBe(expected);
      }
      for (const user of ['a', 'b']) expect(model.most(user)).toBeLessThanOrEqual(own);
      expect(model.most('tenant')).toBeLessThanOrEqual(ceiling);
    }),
  );
});

test('whoever is told to wait passes after that time and not a millisecond sooner', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), (requests, limit) => {
      const logs = new SlidingLogs();
      let now = 0;
      for (const { waitMs } of requests) {
        now += waitMs;
        const verdict = logs.take([charge('a', limit)], now);
        if (verdict.passed) continue;
        expect(logs.take([charge('a', limit)], now + verdict.resetMs - 1).passed).toBe(false);
        now += verdict.resetMs;
        expect(logs.take([charge('a', limit)], now).passed).toBe(true);
      }
    }),
  );
});

test('what remains is what passes at once', () => {
  const logs = new SlidingLogs();
  const remaining = Array.from({ length: 4 }, () => logs.take([charge('a', 3)], 0).remaining);
  expect(remaining).toEqual([2, 1, 0, 0]);
});

test('a request that one limit refuses is counted by none', () => {
  const logs = new SlidingLogs();
  expect(logs.take([charge('a', 1), charge('tenant', 2)], 0)).toMatchObject({ passed: true, decisive: 0 });
  expect(logs.take([charge('a', 1), charge('tenant', 2)], 0)).toMatchObject({ passed: false, decisive: 0 });
  expect(logs.take([charge('b', 1), charge('tenant', 2)], 0).passed).toBe(true);
  expect(logs.take([charge('c', 1), charge('tenant', 2)], 0)).toMatchObject({ passed: false, decisive: 1 });
});

test('a limit that was lowered refuses until as few are in the window', () => {
  const logs = new SlidingLogs();
  for (const time of [0, 100, 200, 300]) logs.take([charge('a', 4)], time);
  expect(logs.take([charge('a', 2)], 400)).toMatchObject({ passed: false, remaining: 0, resetMs: 801 });
  expect(logs.take([charge('a', 2)], 1_201).passed).toBe(true);
});

test('what others let pass counts, and memory is bounded', () => {
  const logs = new SlidingLogs();
  logs.note([charge('a', 2)], 0);
  logs.note([charge('a', 2)], 0);
  expect(logs.take([charge('a', 2)], 0).passed).toBe(false);
  for (let each = 0; each < 10_000; each += 1) logs.note([charge(`other ${each}`, 2)], 0);
  expect(logs.take([charge('a', 2)], 0).passed).toBe(true);
});
