import type { IncomingMessage } from 'node:http';
import { isUnambiguous } from './request-form.js';

function arrived(rawHeaders: string[], httpVersion = '1.1'): IncomingMessage {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers[rawHeaders[index]?.toLowerCase() ?? ''] ??= rawHeaders[index + 1] ?? '';
  return { httpVersion, headers, rawHeaders } as unknown as IncomingMessage;
}

describe('a request is read alike by everybody', () => {
  it.each([
    ['with a host', ['Host', 'api.example.com']],
    ['with a port', ['Host', 'api.example.com:8000']],
    ['with an address', ['Host', '[::1]:8000']],
    ['to nobody by name', ['Host', '']],
    ['in chunks', ['Host', 'x', 'Transfer-Encoding', 'Chunked']],
  ])('%s', (_case, headers) => {
    expect(isUnambiguous(arrived(headers))).toBe(true);
  });

  it('of HTTP/1.0, which knows no Host', () => {
    expect(isUnambiguous(arrived([], '1.0'))).toBe(true);
  });
});

describe('a request that somebody may read otherwise is refused', () => {
  it.each([
    ['without a host', []],
    ['with two', ['Host', 'a', 'host', 'b']],
    ['with twice the same', ['Host', 'a', 'Host', 'a']],
    ['with a path for a host', ['Host', 'a/b']],
    ['with a list of hosts', ['Host', 'a, b@c']],
    ['in a coding that we do not take off', ['Host', 'x', 'Transfer-Encoding', 'gzip, chunked']],
    ['in no coding, by name', ['Host', 'x', 'Transfer-Encoding', 'identity']],
  ])('%s', (_case, headers) => {
    expect(isUnambiguous(arrived(headers))).toBe(false);
  });

  it('of a version that knows no headers, or no chunks', () => {
    expect(isUnambiguous(arrived([], '0.9'))).toBe(false);
    expect(isUnambiguous(arrived(['Transfer-Encoding', 'chunked'], '1.0'))).toBe(false);
  });
});
