export type { Charge, Verdict } from './charge.js';
export { limitsConfig, type LimitsConfig } from './limits.config.js';
export { LimitsModule } from './limits.module.js';
export { parseRate, times, type Rate } from './rate.js';
export { rateClasses, type ClassRates, type RateClass } from './rate-class.js';
export { RateLimiter } from './rate-limiter.js';
