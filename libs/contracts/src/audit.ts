import { z } from 'zod';
import { auditEventTypes } from './audit-event.js';
import { moment } from './moment.js';
import { pageOf, pageQuery } from './page.js';
import { text } from './text.js';

const event = {
  sequence: 4711,
  id: 'aud_019aa8c51f6b7d1e8f0a2b3c4d5e6f90',
  timestamp: '2026-11-22T08:00:00.423861Z',
  user_id: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  actor_type: 'user',
  event_type: 'DIAGNOSTIC_CREATED',
  resource_id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
  ip_address: '192.168.1.100',
  user_agent: 'Mozilla/5.0',
  success: true,
  details: { diagnostic_type: 'hardware', duration_ms: 1250 },
  request_id: '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11',
} as const;

/** Who did what, when and from where: the documentation's eight keys, and four of ours. */
export const AuditEvent = z
  .object({
    sequence: z
      .number()
      .int()
      .nullable()
      .describe("Its place in the tenant's trail, from 1 without gaps; null until it is sealed, about a second later."),
    id: z.string(),
    timestamp: z.iso.datetime(),
    user_id: z.string().nullable().describe('The person, the device of an agent, the API key, or the service at work.'),
    actor_type: z.enum(['user', 'agent', 'api_key', 'worker', 'anonymous']),
    event_type: z.enum(auditEventTypes),
    resource_id: z.string().nullable(),
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
    success: z.boolean(),
    details: z.record(z.string(), z.unknown()),
    request_id: z.string().nullable(),
  })
  .meta({ id: 'AuditEvent', example: event });
export type AuditEvent = z.infer<typeof AuditEvent>;

const filters = {
  actor: text(256).optional().describe('Only what this user_id did.'),
  type: z.enum(auditEventTypes).optional(),
  resource: text(256).optional().describe('Only what was done to this resource_id.'),
  from: moment.optional().describe('Recorded at or after.'),
  to: moment.optional().describe('Recorded before.'),
};
export const ListAuditQuery = z.strictObject({ ...pageQuery, ...filters });
export type ListAuditQuery = z.infer<typeof ListAuditQuery>;
export type AuditFilters = Omit<ListAuditQuery, keyof typeof pageQuery>;

export const AuditPage = pageOf(AuditEvent).meta({
  id: 'AuditPage',
  example: { data: [event], page: { next_cursor: null, has_more: false } },
});
export type AuditPage = z.infer<typeof AuditPage>;

export const ExportAuditQuery = z.strictObject({
  ...filters,
  format: z.enum(['ndjson', 'csv']).default('ndjson').describe('ndjson can be verified, csv is for spreadsheets.'),
});
export type ExportAuditQuery = z.infer<typeof ExportAuditQuery>;

const hash = z.string().describe('SHA-256, hex.');

const head = {
  tenant_id: 'tnt_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
  batch: 312,
  from_sequence: 4710,
  to_sequence: 4711,
  root: '9d4f2c1b7a605e3f8c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b',
  previous: '1b0a2f3e4d5c6b7a8f9e0d1c2b3a4f5e6d7c8b9a0f1e2d8c3f5e607a1b2c4f9d',
  sealed_at: '2026-11-22T08:00:00.913207Z',
  key_id: '6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b',
  signature: 'c0'.repeat(64),
} as const;

/** What the sealer signed for: one batch of records, and by `previous` every batch before it. */
export const AuditHead = z
  .object({
    tenant_id: z.string(),
    batch: z.number().int(),
    from_sequence: z.number().int(),
    to_sequence: z.number().int(),
    root: hash.describe('Merkle root of the records (RFC 9162), hex.'),
    previous: hash.describe('Hash of the head before it, hex.'),
    sealed_at: z.iso.datetime(),
    key_id: hash.describe('SHA-256 of the public key (SubjectPublicKeyInfo, DER), hex.'),
    signature: z.string().describe('Ed25519, hex.'),
  })
  .meta({ id: 'AuditHead', example: head });
export type AuditHead = z.infer<typeof AuditHead>;

/** That one record is in the batch that a head signs for, without showing any other record. */
export const AuditProof = z
  .object({
    event: AuditEvent.describe('As it is stored and hashed: what is personal in its details is encrypted.'),
    opened: z
      .string()
      .nullable()
      .describe(
        'What is encrypted in the details, as JSON text; its SHA-256 is in details.$sealed. Null when nothing is, or it was erased.',
      ),
    leaf: hash,
    index: z.number().int().describe('Place of the leaf in the tree, from 0.'),
    path: z.array(hash).describe('From the neighbour of the leaf up to the root (RFC 9162, 2.1.3).'),
    head: AuditHead,
  })
  .meta({
    id: 'AuditProof',
    example: { event, opened: null, leaf: head.previous, index: 1, path: [head.key_id], head },
  });
export type AuditProof = z.infer<typeof AuditProof>;

export const VerifyAuditQuery = z.strictObject({
  from_batch: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1).describe('Where to begin.'),
});
export type VerifyAuditQuery = z.infer<typeof VerifyAuditQuery>;

/** What became of checking the trail from one batch on. */
export const AuditVerification = z
  .object({
    verified: z.boolean().describe('Nothing wrong in what was checked.'),
    complete: z.boolean().describe('Checked to the end. If not, go on with from_batch=next_batch.'),
    from_batch: z.number().int(),
    next_batch: z.number().int().nullable(),
    batches: z.number().int(),
    records: z.number().int(),
    expired: z.number().int().describe('Records beyond retention: gone as whole batches, whose heads were checked.'),
    unsealed: z.number().int().nullable().describe('Records that wait for their seal; null when not complete.'),
    last_head: AuditHead.nullable(),
    public_keys: z
      .array(z.string())
      .describe('In PEM, for `techze-audit verify --key`. Keep them: a key that you kept cannot be exchanged on you.'),
    faults: z
      .array(
        z.object({
          batch: z.number().int().nullable(),
          sequence: z.number().int().nullable(),
          record_id: z.string().nullable(),
          detail: z.string(),
        }),
      )
      .describe('The first 100.'),
  })
  .meta({
    id: 'AuditVerification',
    example: {
      verified: true,
      complete: true,
      from_batch: 1,
      next_batch: null,
      batches: 312,
      records: 4711,
      expired: 0,
      unsealed: 0,
      last_head: head,
      public_keys: [
        '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAhjFLdGlbnZ3YKkqQ8VqzC6mGvX2eYfL1Q0sT5uW7xRo=\n-----END PUBLIC KEY-----\n',
      ],
      faults: [],
    },
  });
export type AuditVerification = z.infer<typeof AuditVerification>;
