import { BlockedSources } from './blocked-sources.js';

test('a source is blocked for as long as it was told, and no other is', () => {
  const blocked = new BlockedSources();
  blocked.block('203.0.113.7', 5_000, 1_000);
  expect(blocked.leftMs('203.0.113.7', 2_000)).toBe(4_000);
  expect(blocked.leftMs('203.0.113.8', 2_000)).toBe(0);
  expect(blocked.leftMs('203.0.113.7', 6_000)).toBe(0);
});

test('a flood of sources does not fill the memory', () => {
  const blocked = new BlockedSources();
  for (let each = 0; each <= 10_000; each += 1) blocked.block(String(each), 5_000, 0);
  expect(blocked.leftMs('0', 0)).toBe(0);
  expect(blocked.leftMs('10000', 0)).toBe(5_000);
});
