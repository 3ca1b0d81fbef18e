import { entryOf, isBefore } from './stream-entry.js';

test('entries are ordered by time, then by count, as numbers', () => {
  expect(isBefore('9-0', '10-0')).toBe(true);
  expect(isBefore('10-9', '10-10')).toBe(true);
  expect(isBefore('10-10', '10-10')).toBe(false);
  expect(isBefore('11-0', '10-5')).toBe(false);
});

test('an entry split off a frame counts the deliveries of that frame, and is redelivered', () => {
  expect(entryOf('1-0', ['v1', '[]', 'begun', '2'], 1, false)).toMatchObject({ deliveries: 3, redelivered: true });
  expect(entryOf('1-0', ['v1', '[]'], 1, false)).toMatchObject({ deliveries: 1, redelivered: false });
  expect(entryOf('1-0', ['v1', '[]', 'begun', 'x'], 1, false)).toMatchObject({ deliveries: 1, redelivered: false });
});
