import type { CheckCode } from '../../scoring/index.js';

/** What wears out slowly, the most telling first. */
export const trendCodes = [
  'BATTERY_HEALTH',
  'NVME_PERCENTAGE_USED',
  'NVME_MEDIA_ERRORS',
  'SMART_5',
  'SMART_187',
  'SMART_188',
  'SMART_197',
  'SMART_198',
  'SMART_199',
] as const satisfies readonly CheckCode[];
export type TrendCode = (typeof trendCodes)[number];
