import { z } from 'zod';
import { pageOf, pageQuery } from './page.js';
import { oneLine } from './text.js';
import { CreateUser, Invitation } from './user.js';
import { version } from './version.js';

const rate = z
  .string()
  .regex(/^(1000000|[1-9]\d{0,5})\/(second|minute|hour|day)$/, 'must be 1 to 1000000 per second, minute, hour or day');

/** Limits of a tenant's own, by class. */
const TenantRateLimits = z.strictObject({
  default: rate.optional(),
  auth: rate.optional(),
  api_heavy: rate.optional(),
  diagnostics: rate.optional(),
});

const example = {
  id: 'tnt_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
  name: 'Oficina Norte',
  rate_limits: { diagnostics: '500/minute' },
  suspended_at: null,
  version: 1,
  created_at: '2026-11-22T08:00:00.000Z',
  updated_at: '2026-11-22T08:00:00.000Z',
};

/** An organisation and everything that is its own. */
export const Tenant = z
  .object({
    id: z.string(),
    name: z.string(),
    rate_limits: TenantRateLimits.describe('What is not named is the installation’s.'),
    suspended_at: z.iso.datetime().nullable().describe('Since when none of its users, agents and keys is let in.'),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Tenant', example });
export type Tenant = z.infer<typeof Tenant>;

const admin = { email: 'ana@oficina.example', name: 'Ana Souza' };

/** POST /api/v1/tenants: an organisation, and who is in charge of it. */
export const CreateTenant = z
  .strictObject({
    name: oneLine(200),
    admin: z.strictObject({ email: CreateUser.shape.email, name: CreateUser.shape.name }).describe('Is invited.'),
  })
  .meta({ id: 'CreateTenant', example: { name: example.name, admin } });
export type CreateTenant = z.infer<typeof CreateTenant>;

/** The answer to POST /api/v1/tenants. */
export const NewTenant = Tenant.extend({
  admin: z.object({ id: z.uuid(), email: z.string(), name: z.string() }),
  invitation: Invitation,
}).meta({
  id: 'NewTenant',
  example: {
    ...example,
    rate_limits: {},
    admin: { id: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f60', ...admin },
    invitation: { expires_at: '2026-11-29T08:00:00.000Z', sent_to: admin.email },
  },
});
export type NewTenant = z.infer<typeof NewTenant>;

/** PATCH /api/v1/tenants/{id}: what is absent stays. */
export const ChangeTenant = z
  .strictObject({
    name: oneLine(200).optional(),
    rate_limits: TenantRateLimits.optional().describe('All of them: a class that is not named is the installation’s.'),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeTenant', example: { rate_limits: example.rate_limits } });
export type ChangeTenant = z.infer<typeof ChangeTenant>;

export const ListTenantsQuery = z.strictObject(pageQuery);
export type ListTenantsQuery = z.infer<typeof ListTenantsQuery>;

export const TenantPage = pageOf(Tenant).meta({
  id: 'TenantPage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type TenantPage = z.infer<typeof TenantPage>;
