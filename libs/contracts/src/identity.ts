import { z } from 'zod';
import { userRoles } from './principal.js';

const email = z.string().max(254).trim().toLowerCase().pipe(z.email());
const exampleUser = {
  id: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  email: 'technician@balcao.example',
  name: 'Ana',
  role: 'technician',
  tenant_id: 'tnt_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
};
const exampleRefreshToken = 'kZ3vXqY0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S';
const examplePair = {
  access_token: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9…',
  token_type: 'Bearer',
  expires_in: 900,
  refresh_token: exampleRefreshToken,
};

/** Opaque to callers; its form is checked so that rubbish never reaches the database. */
const refreshToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not a refresh token');

/** POST /api/v1/auth/login. */
export const LoginRequest = z
  .strictObject({ email, password: z.string().min(1).max(1024) })
  .meta({ id: 'LoginRequest', example: { email: 'technician@balcao.example', password: 'a long pass phrase' } });
export type LoginRequest = z.infer<typeof LoginRequest>;

export const SignedInUser = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum([...userRoles, 'operator']),
    tenant_id: z.string(),
  })
  .meta({ id: 'SignedInUser', example: exampleUser });
export type SignedInUser = z.infer<typeof SignedInUser>;

/** The answer to a refresh; a login adds the user. */
export const TokenPair = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int().describe('Seconds that the access token lives.'),
    refresh_token: z.string(),
  })
  .meta({ id: 'TokenPair', example: examplePair });
export type TokenPair = z.infer<typeof TokenPair>;

export const LoginResponse = TokenPair.extend({ user: SignedInUser }).meta({
  id: 'LoginResponse',
  example: { ...examplePair, user: exampleUser },
});
export type LoginResponse = z.infer<typeof LoginResponse>;

/** POST /api/v1/auth/refresh. */
export const RefreshRequest = z
  .strictObject({ refresh_token: refreshToken })
  .meta({ id: 'RefreshRequest', example: { refresh_token: exampleRefreshToken } });
export type RefreshRequest = z.infer<typeof RefreshRequest>;

/** POST /api/v1/auth/logout: an empty body will do. */
export const LogoutRequest = z
  .strictObject({ refresh_token: refreshToken.optional() })
  .optional()
  .meta({ id: 'LogoutRequest', example: { refresh_token: exampleRefreshToken } });
export type LogoutRequest = z.infer<typeof LogoutRequest>;

/** GET /.well-known/jwks.json. */
export const JsonWebKeySet = z
  .object({
    keys: z.array(
      z.object({ kty: z.string(), crv: z.string(), x: z.string(), kid: z.string(), alg: z.string(), use: z.string() }),
    ),
  })
  .meta({
    id: 'JsonWebKeySet',
    example: {
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: 'WZc8eOuvbeD2W97bTk3hcQcwMjWROwipZC0LQpUw7W8',
          kid: '9ZhhwcsrZJeHjI3MuBYurb8bJwiYx1gXhO8N2eZbmXE',
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    },
  });
export type JsonWebKeySet = z.infer<typeof JsonWebKeySet>;
