import { defineSection, integer, list, randomKey, type SectionValue } from '@techze/config';

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
    EVENTS_HEARTBEAT_MS: integer(100, 60_000, 15_000).describe(
      'Between two heart-beats of a stream of events; a reader that takes nothing for two of them is cut.',
    ),
  },
  (variables) => ({
    refreshKey: variables.AUTH_REFRESH_KEY,
    corsOrigins: variables.CORS_ORIGINS,
    heartbeatMs: variables.EVENTS_HEARTBEAT_MS,
  }),
);
export type GatewayConfig = SectionValue<typeof gatewayConfig>;

/** Scheme, host and port, exactly as a browser sends it. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
