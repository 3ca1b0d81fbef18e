import { defineSection, type SectionValue } from '@techze/config';
import { z } from 'zod';

const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' });

export const cacheConfig = defineSection(
  'cache',
  {
    CACHE_REDIS_URL: redisUrl
      .optional()
      .describe('Redis that holds the cache, where it is not the bus; REDIS_URL otherwise.'),
    REDIS_URL: redisUrl.optional().describe('Redis of the suite.'),
  },
  (variables, context) => {
    const url = variables.CACHE_REDIS_URL ?? variables.REDIS_URL;
    if (url === undefined)
      context.addIssue({ code: 'custom', path: ['CACHE_REDIS_URL'], message: 'is missing, and so is REDIS_URL' });
    return { url: url ?? '' };
  },
);
export type CacheConfig = SectionValue<typeof cacheConfig>;
