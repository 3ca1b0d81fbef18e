import { z } from 'zod';

/** A trail as a file: one JSON value a line, `kind` says what. The service writes these, the verifier reads them. */
const count = z.number().int().nonnegative();
const place = z.number().int().positive();
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex');
const nullable = z.string().nullable();
/** Ids and moments: nothing that could speak to a terminal. */
const plain = z.string().regex(/^[\w:.+-]{1,128}$/, 'is not an id or a moment');

export const SealedRecordSchema = z.object({
  sequence: place,
  id: z.string(),
  timestamp: z.string(),
  user_id: nullable,
  actor_type: z.string(),
  event_type: z.string(),
  resource_id: nullable,
  ip_address: nullable,
  user_agent: nullable,
  success: z.boolean(),
  details: z.json(),
  request_id: nullable,
});

export const SignedHeadSchema = z.object({
  tenant_id: plain,
  batch: place,
  from_sequence: place,
  to_sequence: place,
  root: hash,
  previous: hash,
  sealed_at: plain,
  key_id: hash,
  signature: z.string().regex(/^[0-9a-f]{128}$/, 'is not an Ed25519 signature in hex'),
});

/** In this order: `export`; then each `head` with the `record`s of its batch, or the `leaf` of one that is left out; `end`. */
export const ExportLine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('export'),
    version: z.literal(1),
    tenant_id: plain,
    exported_at: plain,
    /** What was asked for; with none of them the trail is whole. */
    filters: z.record(z.string(), z.string()),
  }),
  SignedHeadSchema.extend({ kind: z.literal('head') }),
  /** `opened`: what is sealed in its details, for who may read it; the hash that is sealed with them says that it is that. */
  SealedRecordSchema.extend({ kind: z.literal('record'), leaf: hash, opened: z.string().optional() }),
  z.object({ kind: z.literal('leaf'), sequence: place, leaf: hash }),
  z.object({ kind: z.literal('end'), batches: count, records: count }),
]);
export type ExportLine = z.infer<typeof ExportLine>;
