import { defineSection, list, randomKey, type SectionValue } from '@techze/config';

export const gatewayConfig = defineSection(
  'gateway',
  {
    AUTH_REFRESH_KEY: randomKey(
      '32 random bytes that refresh tokens are derived with; mount it and set AUTH_REFRESH_KEY_FILE',
    ).describe('32 random bytes, base64url. Mount it as a file: AUTH_REFRESH_KEY_FILE.'),
    CORS_ORIGINS: list()
      .refine(
        (origins) => origins.every(isOrigin),
        'must be origins such as https://app.example.com, separated by commas',
      )
      .describe('Origins of web pages that may call the API, separated by commas, e.g. https://app.example.com.'),
  },
  (variables) => ({ refreshKey: variables.AUTH_REFRESH_KEY, corsOrigins: variables.CORS_ORIGINS }),
);
export type GatewayConfig = SectionValue<typeof gatewayConfig>;

/** Scheme, host and port, exactly as a browser sends it. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
