import { Slots } from './slots.js';

const exhausted = expect.objectContaining({ code: 'pool-exhausted', status: 503 });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  promise.then(() => (done = true)).catch(() => (done = true));
  await jest.advanceTimersByTimeAsync(0);
  return done;
}

test('serves in the order of asking, never more than there are', async () => {
  const slots = new Slots(2, 25);
  await Promise.all([slots.take(10), slots.take(10)]);
  const [third, fourth] = [slots.take(10), slots.take(10)];
  expect(await settled(third)).toBe(false);
  slots.give();
  expect(await settled(third)).toBe(true);
  expect(await settled(fourth)).toBe(false);
  slots.give();
  await fourth;
  expect(slots.inUse).toBe(2);
});

test('says pool-exhausted when none came free in time, and forgets who left', async () => {
  const slots = new Slots(1, 25);
  await slots.take(10);
  const late = expect(slots.take(1000)).rejects.toEqual(exhausted);
  await jest.advanceTimersByTimeAsync(1000);
  await late;
  slots.give();
  expect(slots.inUse).toBe(0);
});

test('says pool-exhausted at once when the queue is full, or when nobody has time to wait', async () => {
  const slots = new Slots(1, 25);
  await slots.take(10);
  await expect(slots.take(0)).rejects.toEqual(exhausted);
  const queue = Array.from({ length: 25 }, () => slots.take(60_000));
  await expect(slots.take(60_000)).rejects.toEqual(exhausted);
  queue.forEach(() => slots.give());
  await Promise.all(queue);
});

test('turns the queue away when the node is gone, and goes on serving afterwards', async () => {
  const slots = new Slots(1, 25);
  await slots.take(10);
  const waiting = slots.take(60_000);
  slots.refuseAll(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  slots.give();
  await slots.take(0);
  expect(slots.inUse).toBe(1);
});
