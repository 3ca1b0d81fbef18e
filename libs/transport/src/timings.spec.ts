import { eventBackoffMs, reconcileDelayMs, reconnectDelayMs } from './timings.js';

test('reconnection waits double from 50 ms to a second, jittered, for ever', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 1_000].map((retry) => reconnectDelayMs(retry, () => 1));
  expect(longest).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
  expect(reconnectDelayMs(5, () => 0)).toBe(500);
});

test('failed events wait twice as long each time', () => {
  expect([1, 2, 3, 4].map(eventBackoffMs)).toEqual([500, 1_000, 2_000, 4_000]);
});

test('what was lost is looked for at different times by different processes, and never before its reply can be here', () => {
  expect([0, 0.5, 1].map((random) => reconcileDelayMs(() => random))).toEqual([300, 375, 450]);
});
