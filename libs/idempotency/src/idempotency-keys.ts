import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { nameOf, Problem } from '@techze/contracts';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { requestHash } from './request-hash.js';

export const KEPT_HOURS = 24;

/** What a key belongs to beside its tenant, and what it must come with again. */
export interface IdempotencyScope {
  /** The command's pattern or the route's template. */
  readonly route: string;
  readonly requestBody: unknown;
  /** The answer shows a secret: who asks is part of the request, and nobody else is shown it under the same key. */
  readonly personal?: boolean;
}

/** The response, and whether it is the one of an earlier request with the same key. */
export interface Outcome<T> {
  readonly value: T;
  readonly replayed: boolean;
}

interface StoredResponse {
  readonly request_hash: string;
  readonly response: unknown;
  readonly expired: boolean;
}

/** Makes a write that is sent again happen once (api.md, "Idempotency"). */
@Injectable()
export class IdempotencyKeys {
  /**
   * Runs `work` unless the request's idempotency key already did, in the last 24 hours. Key and response are written in
   * the caller's transaction: they exist exactly when the effect does. Without a key the request's own id is one: a redelivery finds what the
   * first delivery did.
   * @param work yields JSON; a replay yields what JSON makes of it
   * @throws Problem `idempotency-key-in-use` while a request with the key runs, `idempotency-key-reused` on another body
   */
  async once<T>(manager: EntityManager, scope: IdempotencyScope, work: () => Promise<T>): Promise<Outcome<T>> {
    const { idempotencyKey, messageId, redelivered = false, principal } = currentContext() ?? {};
    const name = idempotencyKey ?? messageId;
    if (name === undefined) return { value: await work(), replayed: false };
    assert(principal, 'an idempotency key needs a principal');
    const key = [principal.tenant_id, scope.route, name];
    const { requestBody, personal = false } = scope;
    const hash = requestHash(personal ? { caller: nameOf(principal), requestBody } : requestBody);

    // The very same request, delivered again while its first delivery runs, has nobody to give way to: it waits for its answer.
    await lock(manager, key, redelivered || idempotencyKey === undefined);
    // A statement of its own: its snapshot is younger than the lock, so it sees what the last holder committed.
    const [stored] = await manager.query<StoredResponse[]>(SELECT, key);
    if (stored && !stored.expired) {
      if (stored.request_hash !== hash) throw new Problem('idempotency-key-reused');
      return { value: stored.response as T, replayed: true };
    }
    if (stored) await manager.query(DELETE, key);
    const value = await work();
    await manager.query(INSERT, [...key, hash, (JSON.stringify(value) as string | undefined) ?? 'null']);
    return { value, replayed: false };
  }
}

/** Held to the end of the transaction. Another request that comes under a key in use is answered 409 at once. */
async function lock(manager: EntityManager, key: readonly string[], wait: boolean): Promise<void> {
  const id = createHash('sha256').update(JSON.stringify(key)).digest().readBigInt64BE();
  if (wait) return void (await manager.query('SELECT pg_advisory_xact_lock($1)', [`${id}`]));
  const [row] = await manager.query<{ locked: boolean }[]>('SELECT pg_try_advisory_xact_lock($1) AS locked', [`${id}`]);
  if (!row?.locked) throw new Problem('idempotency-key-in-use');
}

const WHERE = 'WHERE tenant_id = $1 AND route = $2 AND key = $3';
const SELECT = `SELECT request_hash, response, created_at <= now() - make_interval(hours => ${KEPT_HOURS}) AS expired FROM idempotency_keys ${WHERE}`;
const DELETE = `DELETE FROM idempotency_keys ${WHERE}`;
const INSERT = `INSERT INTO idempotency_keys (tenant_id, route, key, request_hash, response) VALUES ($1, $2, $3, $4, $5)`;
