import { Slots } from './slots.js';

test('a reader waits while there is no room and goes on when there is', async () => {
  const slots = new Slots(2);
  slots.take(3);
  expect(slots.free).toBe(0);
  let free = false;
  const waiting = slots.untilFree().then(() => {
    free = true;
  });
  slots.give(1);
  await Promise.resolve();
  expect(free).toBe(false);
  slots.give(1);
  await waiting;
  expect(slots.free).toBe(1);
});
