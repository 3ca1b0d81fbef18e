import { newId } from '@techze/contracts';
import { beginning, formatPosition, isBehind, isBeginning, isTooOld, KEPT_MS, parsePosition } from './feed-position.js';

describe('a position in a feed', () => {
  const now = Date.now();

  it('comes back from its text as it was', () => {
    for (const position of [
      { xact: 4711n, eventId: newId('evt') },
      { xact: 10n ** 18n - 1n, eventId: newId('evt') },
      beginning(now),
    ])
      expect(parsePosition(formatPosition(position))).toEqual(position);
  });

  it.each([
    '',
    '1',
    'evt_',
    '01-evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f75',
    '-1-evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f75',
    `${10n ** 18n}-${newId('evt')}`,
    `1-${newId('evt')}\n`,
    `1-${newId('evt').toUpperCase()}`,
    `1-${newId('dgn')}`,
  ])('is not %j', (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });

  it('goes by the transaction, and within it by the event', () => {
    const [first, second] = [newId('evt'), newId('evt')];
    expect(isBehind({ xact: 10n, eventId: first }, { xact: 9n, eventId: second })).toBe(true);
    expect(isBehind({ xact: 9n, eventId: second }, { xact: 9n, eventId: first })).toBe(true);
    expect(isBehind({ xact: 9n, eventId: first }, { xact: 9n, eventId: first })).toBe(false);
    expect(isBehind({ xact: 9n, eventId: first }, beginning(now))).toBe(true);
  });

  it('is too old when what came after it may have been dropped, also before all events', () => {
    const event = { xact: 1n, eventId: newId('evt') };
    expect([isTooOld(event, now), isTooOld(event, now + KEPT_MS + 1_000)]).toEqual([false, true]);
    expect([isTooOld(beginning(now), now + KEPT_MS), isTooOld(beginning(now), now + KEPT_MS + 1)]).toEqual([
      false,
      true,
    ]);
    expect([isBeginning(beginning(now)), isBeginning(event)]).toEqual([true, false]);
  });
});
