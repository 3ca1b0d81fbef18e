import { defineSection, list, required, type SectionValue } from '@techze/config';

const KEY = /^[A-Za-z0-9_-]{43,}$/;

export const gatewayConfig = defineSection(
  'gateway',
  {
    AUTH_REFRESH_KEY: required(
      '32 random bytes that refresh tokens are derived with; mount it and set AUTH_REFRESH_KEY_FILE',
    )
      .regex(KEY, 'must be at least 32 bytes, base64url')
      .describe('32 random bytes, base64url. Mount it as a file: AUTH_REFRESH_KEY_FILE.'),
    CORS_ORIGINS: list().describe(
      'Origins of web pages that may call the API, separated by commas, e.g. https://app.example.com.',
    ),
  },
  (variables) => ({
    refreshKey: Buffer.from(variables.AUTH_REFRESH_KEY, 'base64url'),
    corsOrigins: variables.CORS_ORIGINS,
  }),
);
export type GatewayConfig = SectionValue<typeof gatewayConfig>;
