import { z } from 'zod';
import { defineCommand } from './command.js';
import { createDiagnosticExample, diagnosticExample } from './diagnostic.example.js';
import { defineEvent } from './event.js';
import { Finding } from './finding.js';
import { Band, Health, Severity } from './health.js';
import { usableIdentifier } from './hardware-identifier.js';
import { idSchema } from './ids.js';
import { moment } from './moment.js';
import { Measurement } from './measurement.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text, textOrNothing } from './text.js';
import { version } from './version.js';

export const DiagnosticType = z.enum([
  'hardware',
  'performance',
  'storage',
  'memory',
  'battery',
  'thermal',
  'network',
  'security',
  'software',
  'stability',
  'full',
]);
export type DiagnosticType = z.infer<typeof DiagnosticType>;

export const DiagnosticStatus = z.enum([
  'requested',
  'collecting',
  'received',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'expired',
]);
export type DiagnosticStatus = z.infer<typeof DiagnosticStatus>;

export const SectionStatus = z.enum(['ok', 'unavailable', 'denied', 'timeout', 'error']);
export type SectionStatus = z.infer<typeof SectionStatus>;

const collected_ms = z.number().min(0).max(86_400_000).optional();
const CollectedSection = z.strictObject({
  status: SectionStatus,
  collected_ms,
  data: z.record(z.string(), z.unknown()).optional(),
  error: text(1000).optional(),
});

/**
 * What one collector brought home. `data` is evidence: kept as it came, never a reason to refuse a diagnostic. What is no
 * object is kept under `value`, and the section is an `error`.
 */
export const Section = z
  .strictObject({
    status: SectionStatus,
    collected_ms,
    data: z.unknown().optional().describe('An object, as the collector gave it; anything else is kept and not judged.'),
    error: textOrNothing(1000),
  })
  .transform(({ data, ...section }) => {
    if (data === undefined || data === null) return section;
    if (typeof data === 'object' && !Array.isArray(data)) return { ...section, data };
    return { ...section, status: 'error', error: section.error ?? 'data is not an object', data: { value: data } };
  })
  .pipe(CollectedSection)
  .meta({ id: 'Section' });
export type Section = z.infer<typeof Section>;

/** A section of a stored diagnostic: `note` says which value could not be used. `data` only with `include=raw`. */
export const StoredSection = CollectedSection.extend({ note: z.string().optional() }).meta({ id: 'StoredSection' });
export type StoredSection = z.infer<typeof StoredSection>;

/** What a caller says of the device, enough to find it again. */
export const DeviceDescription = z
  .strictObject({
    hostname: textOrNothing(255),
    serial: textOrNothing(255),
    uuid: textOrNothing(255),
    manufacturer: textOrNothing(255),
    model: textOrNothing(255),
    macs: z.array(text(64)).max(64).optional(),
  })
  .refine(
    ({ hostname, serial, uuid }) => Boolean(hostname?.trim() || usableIdentifier(serial) || usableIdentifier(uuid)),
    'needs a hostname, a serial or a uuid that tells machines apart',
  )
  .meta({ id: 'DeviceDescription' });
export type DeviceDescription = z.infer<typeof DeviceDescription>;

export const AgentDescription = z
  .strictObject({ id: text(64).optional(), version: text(64) })
  .meta({ id: 'AgentDescription' });
export type AgentDescription = z.infer<typeof AgentDescription>;

export const diagnosticNotes = text(4000);
export const diagnosticTags = z.array(text(64)).max(50);

const sectionName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'is not a section name');

/** POST /api/v1/diagnostics. */
export const CreateDiagnostic = z
  .strictObject({
    device_id: idSchema('dev').optional(),
    device: DeviceDescription.optional(),
    diagnostic_id: idSchema('dgn').optional().describe('A requested diagnostic that this one fulfils.'),
    type: DiagnosticType,
    collected_at: moment,
    duration_ms: z.number().int().min(0).max(86_400_000).optional(),
    schema_version: z.number().int().min(1).max(1000).default(1),
    notes: diagnosticNotes.optional(),
    tags: diagnosticTags.default([]),
    agent: AgentDescription.optional(),
    sections: z
      .record(sectionName, Section)
      .refine((sections) => Object.keys(sections).length > 0, 'needs at least one section')
      .refine((sections) => Object.keys(sections).length <= 64, 'takes at most 64 sections'),
  })
  .refine((body) => (body.device_id === undefined) !== (body.device === undefined), {
    message: 'needs exactly one of device_id and device',
    path: ['device'],
  })
  .meta({ id: 'CreateDiagnostic', example: createDiagnosticExample });
export type CreateDiagnostic = z.infer<typeof CreateDiagnostic>;

export const Diagnostic = z
  .object({
    id: z.string(),
    device_id: z.string(),
    type: DiagnosticType,
    status: DiagnosticStatus,
    partial: z.boolean().describe('Some section could not be read whole.'),
    collected_at: z.iso.datetime().nullable().describe('By the clock of the device; null until there is evidence.'),
    received_at: z.iso.datetime().nullable(),
    clock_skew_ms: z
      .number()
      .nullable()
      .describe(
        'How far the clock of the device is ahead of ours (behind: negative). Null where nothing shows that it is wrong.',
      ),
    expires_at: z.iso.datetime().nullable().describe('Until when a requested diagnostic waits for its evidence.'),
    created_at: z.iso.datetime(),
    duration_ms: z.number().int().nullable(),
    schema_version: z.number().int(),
    scoring_version: z.string().nullable(),
    agent: AgentDescription.nullable(),
    health: Health.nullable(),
    findings: z.array(Finding).optional(),
    sections: z.record(z.string(), StoredSection).optional(),
    notes: z.string().nullable(),
    tags: z.array(z.string()),
    version,
  })
  .meta({ id: 'Diagnostic', example: diagnosticExample });
export type Diagnostic = z.infer<typeof Diagnostic>;

export const diagnosticIncludes = ['findings', 'sections', 'raw'] as const;
export type DiagnosticInclude = (typeof diagnosticIncludes)[number];

/** GET /api/v1/diagnostics/{id}: `?include=findings,sections,raw`. */
export const GetDiagnosticQuery = z.strictObject({
  include: z
    .string()
    .default('findings')
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(diagnosticIncludes)).max(diagnosticIncludes.length))
    .describe('Comma-separated: findings (default), sections, raw. Reading raw evidence is audited.'),
});

export const GetDiagnostic = z.object({ id: z.string(), include: z.array(z.enum(diagnosticIncludes)) });
export type GetDiagnostic = z.infer<typeof GetDiagnostic>;

/** GET /api/v1/diagnostics, newest first. */
export const ListDiagnosticsQuery = z.strictObject({
  ...pageQuery,
  device_id: idSchema('dev').optional(),
  type: DiagnosticType.optional(),
  status: DiagnosticStatus.optional(),
  severity: Severity.optional().describe('Only diagnostics with a finding of this severity.'),
  band: Band.optional(),
  tag: text(64).optional().describe('Only diagnostics that carry this tag.'),
  partial: z.enum(['true', 'false']).optional(),
  site_id: idSchema('sit').optional().describe('Of devices that are at this site now.'),
  customer_id: idSchema('cus').optional().describe('Of devices that are at a site of this customer now.'),
  from: moment.optional().describe('Created at or after.'),
  to: moment.optional().describe('Created before.'),
});
export type ListDiagnosticsQuery = z.infer<typeof ListDiagnosticsQuery>;

export const DiagnosticPage = pageOf(Diagnostic).meta({
  id: 'DiagnosticPage',
  example: { data: [diagnosticExample], page: { next_cursor: null, has_more: false } },
});
export type DiagnosticPage = z.infer<typeof DiagnosticPage>;

/** What a create answers: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const CreatedDiagnostic = z.object({ diagnostic: Diagnostic, replayed: z.boolean() });
export type CreatedDiagnostic = z.infer<typeof CreatedDiagnostic>;

export const createDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.create',
  request: CreateDiagnostic,
  response: CreatedDiagnostic,
  idempotent: 'key',
  roles: [...rolesFrom('technician'), 'agent'],
});

export const getDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.get',
  request: GetDiagnostic,
  response: Diagnostic,
  idempotent: true,
  roles: [...rolesFrom('viewer'), 'agent'],
});

export const listDiagnostics = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.list',
  request: ListDiagnosticsQuery,
  response: DiagnosticPage,
  idempotent: true,
  roles: [...rolesFrom('viewer'), 'agent'],
});

const completed = z.object({
  diagnostic_id: z.string(),
  device_id: z.string(),
  type: DiagnosticType,
  collected_at: z.iso.datetime(),
  /** What diagnostics and samples of a device are ordered by: collected_at, where the clock of the device can be right. */
  seen_at: z.iso.datetime(),
  score: z.number().nullable(),
  band: Band,
  coverage: z.number(),
  scoring_version: z.string(),
  requested: z.boolean().describe('It fulfils a requested diagnostic.'),
  measurements: z.array(Measurement).describe('Its samples, at seen_at; raw rows exist only of the last 30 days.'),
});

/** A diagnostic was scored and stored. */
export const diagnosticCompleted = defineEvent({
  type: 'diagnostic.completed',
  data: completed,
  consumers: ['ai', 'automation', 'analytics'],
  shown: completed.omit({ measurements: true }),
});

const deleted = z.object({
  diagnostic_id: z.string(),
  device_id: z.string(),
  type: DiagnosticType,
  status: DiagnosticStatus,
  seen_at: z.iso.datetime().nullable().describe('Null where it had no evidence.'),
  score: z.number().nullable(),
  band: Band.nullable(),
  measurements: z.array(Measurement).describe('The samples that went with it, at seen_at.'),
});

/** A diagnostic and all that was known of it is gone: what was counted from it counts no more. */
export const diagnosticDeleted = defineEvent({
  type: 'diagnostic.deleted',
  data: deleted,
  consumers: ['ai', 'automation', 'analytics'],
  shown: deleted.omit({ measurements: true }),
});
