import { z } from 'zod';
import { defineCommand } from './command.js';
import { IdentityState } from './device.js';
import { DeviceDescription } from './diagnostic.js';
import { idSchema } from './ids.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text, trimmed } from './text.js';

/** What an enrollment token and a device credential begin with; 32 bytes as base64url follow. */
export const ENROLLMENT_TOKEN_PREFIX = 'tze_';
export const DEVICE_CREDENTIAL_PREFIX = 'tzd_';

const enrollmentToken = z.string().regex(/^tze_[A-Za-z0-9_-]{43}$/, 'is not an enrollment token');
/** SHA-256, base64url: all that is known of a secret behind the edge. */
const secretHash = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not a hash');

const example = {
  id: 'ent_019aa8c51f6b7d1e8f0a2b3c4d5e6f76',
  name: 'Balcão, November',
  site_id: 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f73',
  expires_at: '2026-11-23T08:00:00.000Z',
  max_uses: 5,
  uses: 0,
  last_used_at: null,
  revoked_at: null,
  created_by: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  created_at: '2026-11-22T08:00:00.000Z',
};
const exampleToken = 'tze_3vXqY0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S8t';

/** POST /api/v1/enrollment-tokens. */
export const CreateEnrollmentToken = z
  .strictObject({
    name: trimmed(200).nullable().default(null),
    site_id: idSchema('sit').nullable().default(null).describe('Where its devices stand.'),
    expires_in_hours: z.number().int().min(1).max(24).default(24),
    max_uses: z.number().int().min(1).max(1000).default(1),
  })
  .meta({
    id: 'CreateEnrollmentToken',
    example: { name: example.name, site_id: example.site_id, expires_in_hours: 24, max_uses: 5 },
  });
export type CreateEnrollmentToken = z.infer<typeof CreateEnrollmentToken>;

/** Lets so many agents in, until it expires. */
export const EnrollmentToken = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    site_id: z.string().nullable(),
    expires_at: z.iso.datetime(),
    max_uses: z.number().int(),
    uses: z.number().int(),
    last_used_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
    created_by: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'EnrollmentToken', example });
export type EnrollmentToken = z.infer<typeof EnrollmentToken>;

/** The one answer that holds the secret. */
export const NewEnrollmentToken = EnrollmentToken.extend({
  token: z.string().describe('Shown here and never again.'),
}).meta({ id: 'NewEnrollmentToken', example: { ...example, token: exampleToken } });
export type NewEnrollmentToken = z.infer<typeof NewEnrollmentToken>;

export const ListEnrollmentTokensQuery = z.strictObject(pageQuery);
export type ListEnrollmentTokensQuery = z.infer<typeof ListEnrollmentTokensQuery>;

export const EnrollmentTokenPage = pageOf(EnrollmentToken).meta({
  id: 'EnrollmentTokenPage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type EnrollmentTokenPage = z.infer<typeof EnrollmentTokenPage>;

/** What the edge asks: it makes id and secret, and hands on the hash. */
export const StoreEnrollmentToken = z.object({
  id: idSchema('ent'),
  token_hash: secretHash,
  settings: CreateEnrollmentToken,
});
export type StoreEnrollmentToken = z.infer<typeof StoreEnrollmentToken>;
export const StoredEnrollmentToken = z.object({ enrollment_token: EnrollmentToken, replayed: z.boolean() });
export type StoredEnrollmentToken = z.infer<typeof StoredEnrollmentToken>;
export const RevokeEnrollmentToken = z.object({ id: z.string() });
export type RevokeEnrollmentToken = z.infer<typeof RevokeEnrollmentToken>;

const managed = { service: 'diagnostics', roles: rolesFrom('admin') } as const;

export const storeEnrollmentToken = defineCommand({
  ...managed,
  pattern: 'diagnostics.enrollment_tokens.store',
  request: StoreEnrollmentToken,
  response: StoredEnrollmentToken,
  idempotent: 'key',
});
export const listEnrollmentTokens = defineCommand({
  ...managed,
  pattern: 'diagnostics.enrollment_tokens.list',
  request: ListEnrollmentTokensQuery,
  response: EnrollmentTokenPage,
  idempotent: true,
});
export const revokeEnrollmentToken = defineCommand({
  ...managed,
  pattern: 'diagnostics.enrollment_tokens.revoke',
  request: RevokeEnrollmentToken,
  response: z.null(),
  idempotent: 'key',
});

const EnrollingAgent = z.strictObject({
  id: z.uuid().toLowerCase().describe('Made by the agent itself, and its own for good.'),
  version: text(64),
});

/** POST /api/v1/devices/enroll. */
export const EnrollDevice = z
  .strictObject({
    token: enrollmentToken,
    device: DeviceDescription,
    agent: EnrollingAgent.optional().describe(
      'Absent: an id is made. Only an agent that brings its own is known again, and may repeat a call whose answer was lost.',
    ),
  })
  .meta({
    id: 'EnrollDevice',
    example: {
      token: exampleToken,
      device: { hostname: 'balcao-03', serial: 'PF3ABCDE', manufacturer: 'LENOVO', model: '20XW' },
      agent: { id: '0199f0a2-1f6b-4d1e-8f0a-2b3c4d5e6f70', version: '1.0.0' },
    },
  });
export type EnrollDevice = z.infer<typeof EnrollDevice>;

const enrolled = {
  device_id: z.string(),
  credential_id: z.string(),
  site_id: z.string().nullable(),
  identity_state: IdentityState,
};

/** The one answer that holds the credential. */
export const EnrolledDevice = z
  .object({ ...enrolled, credential: z.string().describe('Bearer token of this device; shown here and never again.') })
  .meta({
    id: 'EnrolledDevice',
    example: {
      device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
      credential: 'tzd_kZ3vXqY0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S',
      credential_id: 'crd_019aa8c51f6b7d1e8f0a2b3c4d5e6f77',
      site_id: 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f73',
      identity_state: 'ok',
    },
  });
export type EnrolledDevice = z.infer<typeof EnrolledDevice>;

/** What the edge asks for a token that it found: neither secret leaves it, only their hashes do. */
export const AdmitAgent = z.object({
  token_hash: secretHash,
  credential_hash: secretHash,
  device: DeviceDescription,
  agent: EnrollingAgent,
});
export type AdmitAgent = z.infer<typeof AdmitAgent>;
export const AdmittedAgent = z.object(enrolled);
export type AdmittedAgent = z.infer<typeof AdmittedAgent>;

/** Asked by the gateway at work in the token's tenant: nobody is logged in. */
export const admitAgent = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.enroll',
  request: AdmitAgent,
  response: AdmittedAgent,
  idempotent: 'key',
  roles: ['worker'],
});
