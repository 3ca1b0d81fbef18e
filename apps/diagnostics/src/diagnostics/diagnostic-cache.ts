import { Injectable } from '@nestjs/common';
import { TenantCache } from '@techze/cache';
import type { Diagnostic } from '@techze/contracts';

/** The documentation's five minutes. A stored diagnostic hardly ever changes: they only bound the memory. */
const TTL_MS = 300_000;
const CACHE = 'diagnostics';

/** Diagnostics with their findings, for those who look at one again and again. */
@Injectable()
export class DiagnosticCache {
  constructor(private readonly cache: TenantCache) {}

  get(id: string, load: () => Promise<Diagnostic>): Promise<Diagnostic> {
    return this.cache.getOrLoad(CACHE, id, TTL_MS, load);
  }

  /** @param work changes that diagnostic, and has committed when it is done */
  change<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.cache.change(CACHE, id, work);
  }

  /** After a commit that changed it. */
  drop(id: string): Promise<void> {
    return this.cache.drop(CACHE, id);
  }
}
