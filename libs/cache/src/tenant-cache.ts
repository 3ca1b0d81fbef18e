import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { Problem } from '@techze/contracts';
import {
  cacheHitsTotal,
  cacheMissesTotal,
  cacheOperationsDuration,
  currentContext,
  END_OF_LOG,
  isLater,
  readsAfter,
  runWith,
} from '@techze/observability';
import { cacheKeys, type CacheKeys } from './cache-keys.js';
import { CacheStore, type Entry } from './cache-store.js';
import { cacheErrorsTotal } from './metrics.js';
import { TimeoutError, within } from './within.js';

const ENTRY_MAX_BYTES = 256 * 1024;
const TTL_MAX_MS = 24 * 60 * 60 * 1000;
/** No request lasts longer. */
const LONGEST_WAIT_MS = 60_000;

interface Flight {
  readonly generationKey: string;
  readonly outcome: Promise<unknown>;
  /** Of the caller whose load it is. */
  readonly deadline: number;
}

/** A value, and what is known of its age. */
interface Loaded extends Pick<Entry, 'after'> {
  readonly generation: string;
  readonly value: unknown;
}

/**
 * Answers that may be a little old, kept in Redis for the tenant at work. A cache that is away, slow or full is a cache
 * that has nothing: it never makes a read fail and hardly makes it slower.
 *
 * An invalidation is final: an answer whose load began before `drop` is neither kept nor handed to later callers,
 * whichever process loads it. (Every entry names its generation; `drop` ends the generation.) What is loaded soon after
 * it comes from the primary: a replica may not know yet.
 *
 * A session sees what it wrote here as well: it is given only what was loaded after that, be it kept or under way.
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
    const context = currentContext();
    const after = context && readsAfter(context);
    // Nobody can tell what is new enough for this caller: neither a kept answer nor its own one for others.
    if (after === END_OF_LOG) return load();
    const found = await this.attempt(cache, () => this.store.find(keys, ttlMs));
    const hit = found?.entry && isRecent(found.entry, after) ? parse<T>(found.entry.json) : undefined;
    if (hit) {
      cacheHitsTotal.inc({ cache });
      return hit.value;
    }
    cacheMissesTotal.inc({ cache });
    const { generation, settled } = found ?? { settled: true };
    // Whoever must see what was just written does not join a load from a replica that may not have it.
    const readPrimary = context?.readPrimary === true || !settled;
    return this.fly(
      `${readPrimary ? 'primary' : 'any'} ${after ?? ''} ${generation ?? ''} ${keys.entry}`,
      keys.generation,
      async () => {
        const value = await runWith({ readPrimary }, load);
        if (generation !== undefined && settled) void this.keep(cache, keys, { generation, after, value }, ttlMs);
        return value;
      },
    );
  }

  /**
   * Runs a change of what is cached under that key; once it is done nobody reads what was before. That holds, too, where
   * this process dies at any moment of it, so `work` ends with the commit.
   */
  async change<T>(cache: string, key: string, work: () => Promise<T>): Promise<T> {
    await this.drop(cache, key);
    try {
      return await work();
    } finally {
      await this.drop(cache, key);
    }
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
    const deadline = Math.min(currentContext()?.deadline ?? Infinity, Date.now() + LONGEST_WAIT_MS);
    const underWay = this.flights.get(name);
    if (underWay) return this.join(underWay, deadline, () => this.fly(name, generationKey, load));
    const outcome = load();
    const flight = { generationKey, outcome, deadline };
    this.flights.set(name, flight);
    const land = () => {
      if (this.flights.get(name) === flight) this.flights.delete(name);
    };
    outcome.then(land, land);
    return outcome;
  }

  /** Waits for another caller's load, but not beyond its own deadline; one that ended by the other's is begun again. */
  private async join<T>(flight: Flight, deadline: number, again: () => Promise<T>): Promise<T> {
    try {
      return (await within(deadline - Date.now(), flight.outcome)) as T;
    } catch (error) {
      if (error instanceof TimeoutError) throw new Problem('deadline-exceeded', { cause: error });
      if (isDeadline(error) && flight.deadline < deadline) return again();
      throw error;
    }
  }

  private async keep(cache: string, keys: CacheKeys, loaded: Loaded, ttlMs: number): Promise<void> {
    await this.attempt(cache, async () => {
      const json = JSON.stringify(loaded.value) as string | undefined;
      if (json === undefined || Buffer.byteLength(json) > ENTRY_MAX_BYTES) return;
      await this.store.put(keys, loaded.generation, { json, after: loaded.after }, ttlMs);
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

/** Whether it was loaded after the commit that the caller must see. */
function isRecent(entry: Entry, after: string | undefined): boolean {
  return after === undefined || (entry.after !== undefined && !isLater(after, entry.after));
}

function isDeadline(error: unknown): boolean {
  return error instanceof Problem && error.code === 'deadline-exceeded';
}

function parse<T>(json: string): { value: T } | undefined {
  try {
    return { value: JSON.parse(json) as T };
  } catch {
    return undefined;
  }
}
