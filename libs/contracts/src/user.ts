import { z } from 'zod';
import { pageOf, pageQuery } from './page.js';
import { newPassword } from './password.js';
import { userRoles } from './principal.js';
import { personName } from './text.js';
import { version } from './version.js';

const email = z.string().max(254).trim().toLowerCase().pipe(z.email());
/** Operators are made by the installation's own command line. */
const role = z.enum(userRoles);

const example = {
  id: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  email: 'ana@balcao.example',
  name: 'Ana Souza',
  role: 'technician',
  disabled: false,
  invited: true,
  version: 1,
  created_at: '2026-11-22T08:00:00.000Z',
  updated_at: '2026-11-22T08:00:00.000Z',
};
const exampleInvitation = { expires_at: '2026-11-29T08:00:00.000Z', sent_to: 'ana@balcao.example' };

/** POST /api/v1/users. */
export const CreateUser = z
  .strictObject({
    email,
    name: personName,
    role,
    password: newPassword.optional().describe('Absent: the person is invited, and chooses one.'),
  })
  .meta({ id: 'CreateUser', example: { email: example.email, name: example.name, role: example.role } });
export type CreateUser = z.infer<typeof CreateUser>;

/** PATCH /api/v1/users/{id}: what is absent stays. */
export const ChangeUser = z
  .strictObject({
    email: email
      .optional()
      .describe('A correction: sessions go on, what was mailed to the old address is worth nothing.'),
    name: personName.optional(),
    role: role.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeUser', example: { role: 'manager' } });
export type ChangeUser = z.infer<typeof ChangeUser>;

/** An account of a person. */
export const User = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum([...userRoles, 'operator']),
    disabled: z.boolean(),
    invited: z.boolean().describe('Has chosen no password yet.'),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'User', example });
export type User = z.infer<typeof User>;

/** How a person gets in for the first time. */
export const Invitation = z
  .object({
    expires_at: z.iso.datetime(),
    sent_to: z.string().nullable().describe('null: this installation sends no mails.'),
    token: z.string().optional().describe('Only where no mail is sent: hand it over. Shown here and never again.'),
  })
  .meta({ id: 'Invitation', example: exampleInvitation });
export type Invitation = z.infer<typeof Invitation>;

/** The answer to POST /api/v1/users. */
export const NewUser = User.extend({ invitation: Invitation.nullable() }).meta({
  id: 'NewUser',
  example: { ...example, invitation: exampleInvitation },
});
export type NewUser = z.infer<typeof NewUser>;

/** GET /api/v1/users, newest first. */
export const ListUsersQuery = z.strictObject({
  ...pageQuery,
  email: email.optional(),
  role: role.optional(),
  disabled: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});
export type ListUsersQuery = z.infer<typeof ListUsersQuery>;

export const UserPage = pageOf(User).meta({
  id: 'UserPage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type UserPage = z.infer<typeof UserPage>;
