export { cacheConfig, type CacheConfig } from './cache.config.js';
export { CacheModule } from './cache.module.js';
export { TenantCache } from './tenant-cache.js';
