import { SourceAddresses } from './source-addresses.js';

const sources = new SourceAddresses(['203.0.113.0/24', '198.51.100.7', '2001:db8::/32', '::ffff:192.0.2.0/120']);

test.each([
  '203.0.113.9',
  '::ffff:203.0.113.9',
  '::ffff:cb00:7109',
  '198.51.100.7',
  '2001:db8:1::1',
  '2001:0DB8:ffff::',
  '192.0.2.200',
  '::ffff:192.0.2.200',
])('%s is within', (address) => expect(sources.include(address)).toBe(true));

test.each([
  '203.0.114.9',
  '198.51.100.8',
  '2001:db9::1',
  '::ffff:10.0.0.1',
  '::1',
  '192.0.3.1',
  '',
  'unknown',
  '203.0.113.9:80',
  '203.0.113.9, 10.0.0.1',
  '[2001:db8::1]',
  'fe80::1%eth0',
])('%j is not', (address) => expect(sources.include(address)).toBe(false));

test('where none are named, every address is within', () => {
  expect(new SourceAddresses([]).include('203.0.113.9')).toBe(true);
});
