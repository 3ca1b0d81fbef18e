import { askedPort } from './ports.js';

test('GATEWAY_PORT goes before PORT; neither means no wish', () => {
  expect(askedPort({ GATEWAY_PORT: '9000', PORT: '9001' })).toBe(9000);
  expect(askedPort({ PORT: '9001' })).toBe(9001);
  expect(askedPort({ GATEWAY_PORT: '' })).toBeUndefined();
});

test.each(['65536', '-1', '80a', '1e3', ' 80'])('%j is no port', (port) => {
  expect(() => askedPort({ GATEWAY_PORT: port })).toThrow('GATEWAY_PORT: must be a port number');
});
