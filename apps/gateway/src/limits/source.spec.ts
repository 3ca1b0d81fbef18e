import fc from 'fast-check';
import { sourceOf } from './source.js';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['1:2:3::192.0.2.1', '1:2:3:0::/64'],
])('%s counts as %s', (address, source) => expect(sourceOf(address)).toBe(source));

test.each(['', 'unknown', '203.0.113.7:80', '_hidden', '1.2.3', '[::1]'])('%j is no address', (text) =>
  expect(sourceOf(text)).toBeUndefined(),
);

const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));

test('all addresses of a /64 are one source, and those of another are another', () => {
  const host = fc.tuple(group, group, group, group);
  fc.assert(
    fc.property(fc.tuple(group, group, group, group), host, host, (network, one, other) => {
      expect(sourceOf([...network, ...one].join(':'))).toBe(sourceOf([...network, ...other].join(':').toUpperCase()));
      const [first = '0', ...rest] = network;
      const neighbour = [(parseInt(first, 16) ^ 1).toString(16), ...rest];
      expect(sourceOf([...neighbour, ...one].join(':'))).not.toBe(sourceOf([...network, ...one].join(':')));
    }),
  );
});
