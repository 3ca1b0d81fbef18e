import { z } from 'zod';
import { personName } from './text.js';

/** What a one-time token begins with; 32 bytes as base64url follow. */
export const ONE_TIME_TOKEN_PREFIX = 'tzo_';

/** As many UTF-16 units as a log-in takes. How good it is, is judged with its owner in view. */
export const newPassword = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .describe('At least 15 characters, of any kind; not one that is easy to guess.');

const oneTimeToken = z.string().regex(/^tzo_[A-Za-z0-9_-]{43}$/, 'is not a one-time token');
const example = {
  token: 'tzo_kZ3vXqY0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S',
  password: 'lanterna verde sobre o telhado',
};

/** POST /api/v1/auth/password. */
export const ChangePassword = z
  .strictObject({ current_password: z.string().min(1).max(1024), new_password: newPassword })
  .meta({
    id: 'ChangePassword',
    example: { current_password: 'um velho segredo da casa', new_password: example.password },
  });
export type ChangePassword = z.infer<typeof ChangePassword>;

/** POST /api/v1/auth/password-reset. */
export const RequestPasswordReset = z
  .strictObject({ email: z.string().max(254).trim().toLowerCase().pipe(z.email()) })
  .meta({ id: 'RequestPasswordReset', example: { email: 'ana@balcao.example' } });
export type RequestPasswordReset = z.infer<typeof RequestPasswordReset>;

/** POST /api/v1/auth/password-reset/confirm. */
export const ConfirmPasswordReset = z
  .strictObject({ token: oneTimeToken, new_password: newPassword })
  .meta({ id: 'ConfirmPasswordReset', example: { token: example.token, new_password: example.password } });
export type ConfirmPasswordReset = z.infer<typeof ConfirmPasswordReset>;

/** POST /api/v1/auth/invitations/accept. */
export const AcceptInvitation = z
  .strictObject({ token: oneTimeToken, password: newPassword, name: personName.optional() })
  .meta({ id: 'AcceptInvitation', example });
export type AcceptInvitation = z.infer<typeof AcceptInvitation>;
