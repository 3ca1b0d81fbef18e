import { defineSection, integer, list, optionalInteger, type SectionValue } from '@techze/config';
import { isIP } from 'node:net';
import { z } from 'zod';

export const httpConfig = defineSection(
  'http',
  {
    HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 in a container.'),
    PORT: optionalInteger(0, 65_535).describe(
      'Port to listen on; by default 8000 for the gateway, 8001 to 8004 for the others. 0 takes a free one.',
    ),
    TRUSTED_PROXIES: list()
      .refine((proxies) => proxies.every(isAddressOrRange), 'must be addresses or CIDR ranges, separated by commas')
      .describe('Addresses or CIDRs of proxies whose X-Forwarded-For counts, separated by commas.'),
    SHUTDOWN_DRAIN_MS: integer(0, 60_000, 5_000).describe(
      'After SIGTERM: how long to serve on while load balancers look away.',
    ),
    SHUTDOWN_GRACE_MS: integer(0, 60_000, 20_000).describe('Then: how long work in flight may take to finish.'),
  },
  (variables) => ({
    host: variables.HOST,
    port: variables.PORT,
    trustedProxies: variables.TRUSTED_PROXIES,
    drainMs: variables.SHUTDOWN_DRAIN_MS,
    graceMs: variables.SHUTDOWN_GRACE_MS,
  }),
);
export type HttpConfig = SectionValue<typeof httpConfig>;

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  const widest = version === 6 ? 128 : 32;
  return version > 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest));
}
