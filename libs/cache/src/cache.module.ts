import { Module, type DynamicModule } from '@nestjs/common';
import { CacheStore } from './cache-store.js';
import { TenantCache } from './tenant-cache.js';

/** Provides the tenants' cache everywhere, on a Redis connection of its own. */
@Module({})
export class CacheModule {
  static forRoot(): DynamicModule {
    return { module: CacheModule, global: true, providers: [CacheStore, TenantCache], exports: [TenantCache] };
  }
}
