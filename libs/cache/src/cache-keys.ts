import assert from 'node:assert/strict';
import { currentContext } from '@techze/observability';

/** The two Redis keys of one cached answer. */
export interface CacheKeys {
  /** Holds a random word; an entry that was not stored under that word is not valid. Shared by all scopes. */
  readonly generation: string;
  readonly entry: string;
}

/**
 * Keys of the tenant at work. What row-level security tells apart is told apart here: an agent sees its own device only,
 * so its answers are not the tenant's.
 */
export function cacheKeys(cache: string, key: string): CacheKeys {
  const principal = currentContext()?.principal;
  assert(principal, 'a tenant cache needs a principal');
  const prefix = `tz:cache:${cache}:${principal.tenant_id}`;
  const scope = principal.kind === 'agent' ? principal.device_id : 'all';
  return { generation: `${prefix}:@generation:${key}`, entry: `${prefix}:${scope}:${key}` };
}
