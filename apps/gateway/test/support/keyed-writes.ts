import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api.js';
import { diagnosticBody } from './diagnostics.js';

/** How long a caller goes on trying. */
const PATIENCE_MS = 30_000;

export interface KeyedWrite {
  readonly key: string;
  readonly id: string;
  /** From the first try to the answer that counted, milliseconds. */
  readonly tookMs: number;
}

/**
 * Writes as a good caller does: each under its key, tried again on 409, 503, 504 and broken connections until it is answered.
 * @param perSecond how many begin each second, until `done` says so
 */
export async function keyedWrites(
  api: Api,
  token: string,
  perSecond: number,
  done: () => boolean,
): Promise<KeyedWrite[]> {
  const writes: Promise<KeyedWrite>[] = [];
  while (!done()) {
    writes.push(writeOnce(api, token));
    await pause(1_000 / perSecond);
  }
  return Promise.all(writes);
}

async function writeOnce(api: Api, token: string): Promise<KeyedWrite> {
  const key = randomUUID();
  const json = diagnosticBody();
  const start = performance.now();
  while (performance.now() - start < PATIENCE_MS) {
    const answer = await api
      .call('/api/v1/diagnostics', { token, json, headers: { 'idempotency-key': key } })
      .catch(() => undefined);
    if (answer?.status === 201) return { key, id: answer.body.id, tookMs: performance.now() - start };
    if (answer && ![409, 503, 504].includes(answer.status))
      throw new Error(`a keyed write was answered ${answer.status}: ${answer.text}`);
    await pause(100);
  }
  throw new Error('a keyed write was never answered');
}
