import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { cacheHitsTotal, cacheMissesTotal, cacheOperationsDuration, currentContext } from '@techze/observability';
import { cacheKeys, type CacheKeys } from './cache-keys.js';
import { CacheStore } from './cache-store.js';
import { cacheErrorsTotal } from './metrics.js';

const ENTRY_MAX_BYTES = 256 * 1024;
const TTL_MAX_MS = 24 * 60 * 60 * 1000;

interface Flight {
  readonly generationKey: string;
  readonly outcome: Promise<unknown>;
}

/**
 * Answers that may be a little old, kept in Redis for the tenant at work. A cache that is away, slow or full is a cache
 * that has nothing: it never makes a read fail and hardly makes it slower.
 *
 * An invalidation is final: an answer whose load began before `drop` is neither kept nor handed to later callers,
 * whichever process loads it. (Every entry names its generation; `drop` ends the generation.)
 */
@Injectable()
export class TenantCache {
  private readonly flights = new Map<string, Flight>();

  constructor(private readonly store: CacheStore) {}

  /**
   * The cached answer, or what `load` gives, kept for `ttlMs` (at most a day). Concurrent callers in this process share
   * one load and one result, which nobody may change. Everyone of the tenant reads the same entry (agents: of the
   * device), so whatever else the answer depends on, a role for instance, belongs into `key`.
   * @param cache name of the kind of answer; a metric label, so one of a handful
   * @param load gives JSON; more than 256 KiB of it is not kept
   */
  async getOrLoad<T>(cache: string, key: string, ttlMs: number, load: () => Promise<T>): Promise<T> {
    assert(ttlMs >= 1 && ttlMs <= TTL_MAX_MS, 'a cache entry lives between 1 ms and a day');
    const keys = cacheKeys(cache, key);
    const found = await this.attempt(cache, () => this.store.find(keys, ttlMs));
    const hit = found?.json === undefined ? undefined : parse<T>(found.json);
    if (hit) {
      cacheHitsTotal.inc({ cache });
      return hit.value;
    }
    cacheMissesTotal.inc({ cache });
    const generation = found?.generation;
    // Whoever must see what was just written does not join a load from a replica.
    const from = currentContext()?.readPrimary ? 'primary' : 'any';
    return this.fly(`${from} ${generation ?? ''} ${keys.entry}`, keys.generation, async () => {
      const value = await load();
      if (generation !== undefined) void this.keep(cache, keys, generation, value, ttlMs);
      return value;
    });
  }

  /** Makes every scope's answer under that key invalid. Call it after the commit. */
  async drop(cache: string, key: string): Promise<void> {
    const keys = cacheKeys(cache, key);
    for (const [name, flight] of this.flights) {
      if (flight.generationKey === keys.generation) this.flights.delete(name);
    }
    await this.attempt(cache, () => this.store.drop(keys));
  }

  private fly<T>(name: string, generationKey: string, load: () => Promise<T>): Promise<T> {
    const underWay = this.flights.get(name);
    if (underWay) return underWay.outcome as Promise<T>;
    const outcome = load();
    const flight = { generationKey, outcome };
    this.flights.set(name, flight);
    const land = () => {
      if (this.flights.get(name) === flight) this.flights.delete(name);
    };
    outcome.then(land, land);
    return outcome;
  }

  private async keep(cache: string, keys: CacheKeys, generation: string, value: unknown, ttlMs: number): Promise<void> {
    await this.attempt(cache, async () => {
      const json = JSON.stringify(value) as string | undefined;
      if (json === undefined || Buffer.byteLength(json) > ENTRY_MAX_BYTES) return;
      await this.store.put(keys, generation, json, ttlMs);
    });
  }

  /** `undefined` where the cache could not; counted, never thrown. */
  private async attempt<T>(cache: string, operation: () => Promise<T>): Promise<T | undefined> {
    const stop = cacheOperationsDuration.startTimer({ cache });
    try {
      return await operation();
    } catch {
      cacheErrorsTotal.inc({ cache });
      return undefined;
    } finally {
      stop();
    }
  }
}

function parse<T>(json: string): { value: T } | undefined {
  try {
    return { value: JSON.parse(json) as T };
  } catch {
    return undefined;
  }
}
