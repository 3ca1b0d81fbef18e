import type { Answer } from './api.js';

/** What two answers may differ in: the id that was asked for, the request's own id, the clock, how many requests are left. */
export function comparable({ status, headers, text }: Answer, id: string) {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name));
  return {
    status,
    headers: kept,
    text: text.replaceAll(id, 'ID').replaceAll(headers.get('x-request-id') ?? '', 'REQUEST'),
  };
}
