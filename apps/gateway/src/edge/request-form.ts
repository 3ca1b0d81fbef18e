import type { IncomingMessage } from 'node:http';

const VERSIONS = new Set(['1.0', '1.1']);
/** A host, or an address in brackets, and perhaps a port (RFC 9110, 7.2). Empty where the target has no authority. */
const HOST = /^(?:[\w.~%!$&'()*+,;=-]*|\[[\da-fA-F:.]+\])(?::\d{0,5})?$/;

/**
 * Whether nobody on the way here can have read it otherwise (RFC 9112): what Node's parser lets pass although proxies
 * differ about it. One Host, no transfer coding but `chunked`, and that only since HTTP/1.1.
 */
export function isUnambiguous({ httpVersion, headers, rawHeaders }: IncomingMessage): boolean {
  if (!VERSIONS.has(httpVersion)) return false;
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked')) return false;
  if (headers.host === undefined) return httpVersion === '1.0';
  return HOST.test(headers.host) && timesOf('host', rawHeaders) === 1;
}

/** Node keeps the first Host of several. */
function timesOf(name: string, rawHeaders: readonly string[]): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === name.length && rawHeaders[index]?.toLowerCase() === name) times += 1;
  return times;
}
