import { z } from 'zod';
import { defineCommand } from './command.js';
import { defineEvent } from './event.js';
import { acknowledgeFindingExample, deviceFindingExample, findingDetailExample } from './finding.example.js';
import { Category, Evidence, Severity } from './health.js';
import { idSchema } from './ids.js';
import { moment } from './moment.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text } from './text.js';
import { ifMatch, version } from './version.js';

export const FindingState = z.enum(['open', 'acknowledged', 'suppressed', 'resolved', 'false_positive']);
export type FindingState = z.infer<typeof FindingState>;

export const AcknowledgementRule = z
  .enum(['grows', 'reappears'])
  .describe(
    '"grows": quiet until it gets worse than it was when it was acknowledged, or comes back. "reappears": quiet for as long as it lasts.',
  );
export type AcknowledgementRule = z.infer<typeof AcknowledgementRule>;

/** Somebody knows of a finding and says when to be told again. */
export const Acknowledgement = z
  .object({
    rule: AcknowledgementRule,
    baseline: z
      .object({ value: Evidence.shape.value, severity: Severity })
      .describe('What was known when it was acknowledged: "grows" measures by it.'),
    expires_at: z.iso.datetime().nullable(),
    by: z.string().describe('The user.'),
    reason: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'Acknowledgement', example: deviceFindingExample.acknowledgement });
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** A fault seen on a device. Its key is stable from diagnostic to diagnostic. */
export const Finding = z
  .object({
    id: z.string(),
    key: z.string().describe('Code and instance: the same fault of the same part keeps it.'),
    category: Category,
    code: z.string().describe('Stable, e.g. FS_USED or SMART_197.'),
    severity: Severity,
    title: z.string(),
    evidence: Evidence,
    points: z.number().describe('Points of the score lost to it.'),
    state: FindingState,
    first_seen: z.iso.datetime(),
    last_seen: z.iso.datetime(),
    occurrences: z.number().int().describe('Diagnostics that showed it.'),
    trend: z.string().nullable().describe('E.g. "+2 in 9 d" or "stable for 30 d"; null with too few values.'),
    acknowledgement: Acknowledgement.nullable().describe('While somebody knows of it; null again once it woke.'),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

/** A finding over all diagnostics of its device, as it stands now. */
export const DeviceFinding = Finding.extend({
  device_id: z.string(),
  instance: z.string().nullable().describe('Which one of many: a mount, a disk serial, an interface.'),
  opened_at: z.iso.datetime().nullable().describe('When it began, the last time that it did.'),
  resolved_at: z.iso.datetime().nullable().describe('Since when it is resolved; null while it is not.'),
  flapping: z.boolean().describe('It comes and goes so often that its events are muted.'),
  suppressed_by: z.string().nullable().describe('The maintenance window that keeps it quiet.'),
  version,
  updated_at: z.iso.datetime(),
}).meta({ id: 'DeviceFinding', example: deviceFindingExample });
export type DeviceFinding = z.infer<typeof DeviceFinding>;

/** Why a finding is what it is now. */
export const FindingReason = z.enum([
  'seen',
  'reappeared',
  'late',
  'severity_rose',
  'severity_fell',
  'grew',
  'expired',
  'cleared',
  'gone',
  'check_off',
  'maintenance',
  'maintenance_over',
  'flapping',
  'steady',
  'acknowledged',
  'resolved',
  'false_positive',
])
  .describe(`seen: the first time. reappeared: it had been resolved. late: known only from a diagnostic that is older than
  the newest one. grew, expired: its acknowledgement ended. cleared: measured, and well again. gone: the part is there no
  more. check_off: its check was switched off. maintenance: a window keeps it quiet. flapping, steady: it began or ceased
  to come and go. acknowledged, resolved, false_positive: a person said so.`);
export type FindingReason = z.infer<typeof FindingReason>;

export const FindingTransition = z
  .object({
    from: FindingState.nullable(),
    to: FindingState,
    severity: Severity,
    reason: FindingReason,
    note: z.string().nullable().describe('What the person said.'),
    actor: z.string().nullable().describe('The user or the API key; null for a diagnostic or the clock.'),
    diagnostic_id: z.string().nullable(),
    occurred_at: z.iso.datetime(),
  })
  .meta({ id: 'FindingTransition', example: findingDetailExample.transitions[0] });
export type FindingTransition = z.infer<typeof FindingTransition>;

export const FindingDetail = DeviceFinding.extend({
  transitions: z.array(FindingTransition).describe('The newest 50, newest first.'),
}).meta({ id: 'FindingDetail', example: findingDetailExample });
export type FindingDetail = z.infer<typeof FindingDetail>;

/** One or several states, comma-separated. */
const states = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(FindingState).max(FindingState.options.length));

/** GET /api/v1/findings, newest first. */
export const ListFindingsQuery = z.strictObject({
  ...pageQuery,
  state: states.optional().describe('One or several states, comma-separated.'),
  status: states.optional().describe('The same as state.'),
  severity: Severity.optional(),
  category: Category.optional(),
  code: text(64).optional(),
  device_id: idSchema('dev').optional(),
  site_id: idSchema('sit').optional().describe('Of devices that are at this site now.'),
  customer_id: idSchema('cus').optional().describe('Of devices that are at a site of this customer now.'),
  from: moment.optional().describe('Last seen at or after.'),
  to: moment.optional().describe('Last seen before.'),
});
export type ListFindingsQuery = z.infer<typeof ListFindingsQuery>;

export const FindingPage = pageOf(DeviceFinding).meta({
  id: 'FindingPage',
  example: { data: [deviceFindingExample], page: { next_cursor: null, has_more: false } },
});
export type FindingPage = z.infer<typeof FindingPage>;

const reason = text(1000);

/** POST /api/v1/findings/{id}/acknowledge. */
export const AcknowledgeFinding = z
  .strictObject({ rule: AcknowledgementRule, expires_at: moment.optional(), reason })
  .meta({ id: 'AcknowledgeFinding', example: acknowledgeFindingExample });
export type AcknowledgeFinding = z.infer<typeof AcknowledgeFinding>;

/** POST /api/v1/findings/{id}/resolve: an empty body will do. */
export const ResolveFinding = z
  .strictObject({ reason: reason.optional() })
  .optional()
  .meta({ id: 'ResolveFinding', example: { reason: 'The disk was replaced.' } });
export type ResolveFinding = z.infer<typeof ResolveFinding>;

/** POST /api/v1/findings/{id}/false-positive. */
export const FalsePositiveFinding = z
  .strictObject({ reason })
  .meta({ id: 'FalsePositiveFinding', example: { reason: 'This sensor has been broken since it was made.' } });
export type FalsePositiveFinding = z.infer<typeof FalsePositiveFinding>;

export const GetFinding = z.object({ id: z.string() });
export type GetFinding = z.infer<typeof GetFinding>;

/** A finding after what a person did to it: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const ChangedFinding = z.object({ finding: DeviceFinding, replayed: z.boolean() });
export type ChangedFinding = z.infer<typeof ChangedFinding>;

const named = { id: z.string(), if_match: ifMatch };

export const listFindings = defineCommand({
  service: 'diagnostics',
  pattern: 'findings.list',
  // As the gateway read it: the lists are arrays by now.
  request: ListFindingsQuery.extend({
    state: z.array(FindingState).optional(),
    status: z.array(FindingState).optional(),
  }),
  response: FindingPage,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const getFinding = defineCommand({
  service: 'diagnostics',
  pattern: 'findings.get',
  request: GetFinding,
  response: FindingDetail,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const acknowledgeFinding = defineCommand({
  service: 'diagnostics',
  pattern: 'findings.acknowledge',
  request: z.object({ ...named, body: AcknowledgeFinding }),
  response: ChangedFinding,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

export const resolveFinding = defineCommand({
  service: 'diagnostics',
  pattern: 'findings.resolve',
  request: z.object({ ...named, body: ResolveFinding }),
  response: ChangedFinding,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

export const falsePositiveFinding = defineCommand({
  service: 'diagnostics',
  pattern: 'findings.false-positive',
  request: z.object({ ...named, body: FalsePositiveFinding }),
  response: ChangedFinding,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

/** What is said of a finding when something became of it. */
export const FindingNews = z.object({
  finding_id: z.string(),
  device_id: z.string(),
  site_id: z.string().nullable(),
  key: z.string(),
  code: z.string(),
  category: Category,
  severity: Severity,
  title: z.string(),
  state: FindingState,
  reason: FindingReason,
  value: Evidence.shape.value,
  evidence: Evidence,
  diagnostic_id: z.string().nullable(),
  occurrences: z.number().int(),
  reopened: z.boolean().optional(),
});
export type FindingNews = z.infer<typeof FindingNews>;

/** Evidence is read with the finding, by whoever may. */
const shown = FindingNews.omit({ value: true, evidence: true });

/** A finding is there, or there again (`reopened`), and nobody keeps it quiet. */
export const findingOpened = defineEvent({
  type: 'finding.opened',
  data: FindingNews,
  consumers: ['ai', 'automation', 'analytics'],
  shown,
});

/** Its severity changed, its acknowledgement ended, it began to flap, or a person said something about it. */
export const findingChanged = defineEvent({
  type: 'finding.changed',
  data: FindingNews,
  consumers: ['ai', 'automation', 'analytics'],
  shown,
});

/** A finding that was announced is no more. */
export const findingResolved = defineEvent({
  type: 'finding.resolved',
  data: FindingNews,
  consumers: ['ai', 'automation', 'analytics'],
  shown,
});
