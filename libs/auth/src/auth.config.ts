import { defineSection, integer, required, type SectionValue } from '@techze/config';
import { z } from 'zod';
import { parseSigningKey, parseVerificationKeys } from './signing-key.js';

export const authConfig = defineSection(
  'auth',
  {
    AUTH_SIGNING_KEY: required(
      'the private JWK that this process signs with; mount it and set AUTH_SIGNING_KEY_FILE',
    ).describe('Ed25519 private JWK with kid and iss (this service). Mount it as a file: AUTH_SIGNING_KEY_FILE.'),
    AUTH_JWKS: required('the public keys of every service; mount them and set AUTH_JWKS_FILE').describe(
      'JWK set with the public keys of all services. Mount it as a file: AUTH_JWKS_FILE.',
    ),
    AUTH_SIGNING_KEY_FILE: z.string().optional().describe('Looked at each second: a key that is exchanged is taken.'),
    AUTH_JWKS_FILE: z.string().optional().describe('Looked at each second: keys that are exchanged are taken.'),
    AUTH_ACCESS_TOKEN_TTL_SECONDS: integer(30, 900, 900).describe('Life of an access token, at most 15 minutes.'),
  },
  (variables, context) => ({
    signingKey: parsed(context, 'AUTH_SIGNING_KEY', () => parseSigningKey(variables.AUTH_SIGNING_KEY)),
    verificationKeys: parsed(context, 'AUTH_JWKS', () => parseVerificationKeys(variables.AUTH_JWKS)),
    files: { signingKey: variables.AUTH_SIGNING_KEY_FILE || undefined, jwks: variables.AUTH_JWKS_FILE || undefined },
    accessTokenTtlSeconds: variables.AUTH_ACCESS_TOKEN_TTL_SECONDS,
  }),
);
export type AuthConfig = SectionValue<typeof authConfig>;

function parsed<T>(context: z.RefinementCtx, variable: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    context.addIssue({
      code: 'custom',
      path: [variable],
      message: error instanceof Error ? error.message : 'cannot be read',
    });
    return undefined as never;
  }
}
