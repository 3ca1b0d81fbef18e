import { z } from 'zod';
import { defineCommand } from './command.js';
import { Category, Evidence, Severity } from './health.js';
import { idSchema } from './ids.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import {
  createThresholdExample,
  effectiveThresholdsExample,
  previewThresholdExample,
  thresholdCatalogueExample,
  thresholdExample,
  thresholdPreviewExample,
} from './threshold.example.js';
import { ifMatch, version } from './version.js';

export const ThresholdScope = z.enum(['tenant', 'site', 'device']);
export type ThresholdScope = z.infer<typeof ThresholdScope>;

/** Beyond this no metric of a machine goes; a limit there only means "never". */
const limit = z.number().min(-1e18).max(1e18);

/** The levels that an override moves. What it does not name stays as the wider scope, at last the check itself, has it. */
export const ThresholdLevels = z
  .strictObject({
    leave: limit.optional().describe('Where an open finding ends.'),
    warning: limit.nullable().optional().describe('Where a finding begins; null: never a warning.'),
    critical_leave: limit.nullable().optional().describe('Where a critical finding falls back to a warning.'),
    critical: limit.nullable().optional().describe('Where a finding is critical; null: never critical.'),
    fail: limit.optional().describe('As bad as it gets: the whole penalty.'),
  })
  .meta({ id: 'ThresholdLevels', example: thresholdExample.levels });
export type ThresholdLevels = z.infer<typeof ThresholdLevels>;

const failsBeforeAlert = z.number().int().min(1).max(100);
/** What any code looks like; which ones there are, the service knows. */
const code = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is not the code of a check');

/** What an override says, without where. */
const saying = {
  levels: ThresholdLevels.default({}),
  fails_before_alert: failsBeforeAlert
    .optional()
    .describe('An alert goes out with so many sights in a row. Absent: as the wider scope has it, at last 1.'),
  enabled: z
    .boolean()
    .optional()
    .describe('false: the check neither scores nor finds. Absent: as the wider scope has it, at last true.'),
};

/** What an override holds for, and what it says. */
const placed = {
  scope: ThresholdScope,
  site_id: idSchema('sit').optional().describe('With scope "site", and only then.'),
  device_id: idSchema('dev').optional().describe('With scope "device", and only then.'),
  code: code.describe('A check of GET /api/v1/thresholds/checks.'),
  ...saying,
};

interface Place {
  readonly scope: ThresholdScope;
  readonly site_id?: string | undefined;
  readonly device_id?: string | undefined;
}

/** The id that a scope asks for is there, and the other one is not. */
function oneTarget({ scope, ...ids }: Place, context: z.RefinementCtx): void {
  for (const kind of ['site', 'device'] as const) {
    const name = `${kind}_id` as const;
    if ((ids[name] !== undefined) === (scope === kind)) continue;
    const message = scope === kind ? `is needed with scope "${scope}"` : `does not go with scope "${scope}"`;
    context.addIssue({ code: 'custom', path: [name], message });
  }
}

/** POST /api/v1/thresholds. */
export const CreateThreshold = z
  .strictObject(placed)
  .superRefine(oneTarget)
  .refine(
    ({ levels, fails_before_alert, enabled }) =>
      Object.keys(levels).length > 0 || fails_before_alert !== undefined || enabled !== undefined,
    'overrides nothing: name a level, fails_before_alert or enabled',
  )
  .meta({ id: 'CreateThreshold', example: createThresholdExample });
export type CreateThreshold = z.infer<typeof CreateThreshold>;

/** PATCH /api/v1/thresholds/{id}: what is absent stays, null takes back what the override said. */
export const ChangeThreshold = z
  .strictObject({
    levels: ThresholdLevels.nullable().optional().describe('Replaced whole: inside of it null means "no such level".'),
    fails_before_alert: failsBeforeAlert.nullable().optional(),
    enabled: z.boolean().nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeThreshold', example: { levels: { warning: 80, critical: 95 } } });
export type ChangeThreshold = z.infer<typeof ChangeThreshold>;

/** A limit that a tenant set for itself, one of its sites or one of its devices. */
export const Threshold = z
  .object({
    id: z.string(),
    scope: ThresholdScope,
    site_id: z.string().nullable(),
    device_id: z.string().nullable(),
    code: z.string(),
    levels: ThresholdLevels,
    fails_before_alert: z.number().int().nullable().describe('null: as the wider scope has it.'),
    enabled: z.boolean().nullable().describe('null: as the wider scope has it.'),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Threshold', example: thresholdExample });
export type Threshold = z.infer<typeof Threshold>;

/** GET /api/v1/thresholds, newest first. */
export const ListThresholdsQuery = z.strictObject({
  ...pageQuery,
  scope: ThresholdScope.optional(),
  site_id: idSchema('sit').optional(),
  device_id: idSchema('dev').optional(),
  code: code.optional(),
});
export type ListThresholdsQuery = z.infer<typeof ListThresholdsQuery>;

export const ThresholdPage = pageOf(Threshold).meta({
  id: 'ThresholdPage',
  example: { data: [thresholdExample], page: { next_cursor: null, has_more: false } },
});
export type ThresholdPage = z.infer<typeof ThresholdPage>;

/** All levels of a check, in force. */
export const CheckLevels = z
  .object({
    leave: z.number(),
    warning: z.number().nullable(),
    critical_leave: z.number().nullable(),
    critical: z.number().nullable(),
    fail: z.number(),
  })
  .meta({ id: 'CheckLevels' });
export type CheckLevels = z.infer<typeof CheckLevels>;

/** What can be overridden: the table of checks as this release ships it. */
export const ThresholdCatalogue = z
  .object({
    scoring_version: z.string(),
    checks: z.array(
      z.object({
        code: z.string(),
        category: Category,
        metric: z.string(),
        unit: z.string(),
        kind: z
          .enum(['levels', 'buckets', 'states'])
          .describe('states: judged by name, so only fails_before_alert and enabled can be overridden.'),
        worse: z.enum(['above', 'below']).nullable().describe('Which way is worse; null for states.'),
        levels: CheckLevels.nullable().describe('The defaults; null for states.'),
        source: z.string().describe('Where the defaults come from.'),
        title: z.object({ en: z.string(), 'pt-BR': z.string() }),
      }),
    ),
  })
  .meta({ id: 'ThresholdCatalogue', example: thresholdCatalogueExample });
export type ThresholdCatalogue = z.infer<typeof ThresholdCatalogue>;

/** GET /api/v1/thresholds/effective. */
export const EffectiveThresholdsQuery = z.strictObject({ device_id: z.string().max(64) });
export type EffectiveThresholdsQuery = z.infer<typeof EffectiveThresholdsQuery>;

const origin = z
  .string()
  .describe('The id of the override that says so, "default", or "derived": it yields to a level that was overridden.');

/** What one device is judged by, and who says so. */
export const EffectiveThresholds = z
  .object({
    device_id: z.string(),
    site_id: z.string().nullable(),
    checks: z.array(
      z.object({
        code: z.string(),
        levels: CheckLevels.nullable().describe('null for a check of states.'),
        fails_before_alert: z.number().int(),
        enabled: z.boolean(),
        source: z.string().describe('As the evidence of its findings names it.'),
        from: z.object({
          levels: z
            .object({ leave: origin, warning: origin, critical_leave: origin, critical: origin, fail: origin })
            .nullable(),
          fails_before_alert: origin,
          enabled: origin,
        }),
        set_aside: z
          .array(z.string())
          .describe('Overrides whose levels do not hold here: they contradict what was said nearer to the device.'),
      }),
    ),
    overrides: z.array(Threshold).describe('Those that concern this device, the widest first.'),
  })
  .meta({ id: 'EffectiveThresholds', example: effectiveThresholdsExample });
export type EffectiveThresholds = z.infer<typeof EffectiveThresholds>;

/** POST /api/v1/thresholds/preview: an override as one would save it, new or in place of the one that is there. */
export const PreviewThreshold = z
  .strictObject({ ...placed, days: z.number().int().min(1).max(30).default(30) })
  .superRefine(oneTarget)
  .meta({ id: 'PreviewThreshold', example: previewThresholdExample });
export type PreviewThreshold = z.infer<typeof PreviewThreshold>;

const AlertTally = z.object({
  alerts: z.number().int().describe('Findings that opened and were told of: finding.opened.'),
  devices: z.number().int().describe('Devices with at least one of them.'),
  open_now: z.number().int().describe('Findings still open at the end.'),
});

/** A finding.opened that the replay came to. */
export const PreviewedAlert = z
  .object({
    device_id: z.string(),
    key: z.string().describe('Code and instance, as the finding would carry it.'),
    severity: Severity,
    at: z.iso.datetime().describe('The diagnostic with which the alert goes out.'),
    value: Evidence.shape.value,
    resolved_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'PreviewedAlert' });
export type PreviewedAlert = z.infer<typeof PreviewedAlert>;

/** What would have fired, and what did: the stored readings, judged twice and told through the life of findings. */
export const ThresholdPreview = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    code: z.string(),
    devices: z.number().int().describe('Devices whose diagnostics were replayed.'),
    diagnostics: z.number().int().describe('Diagnostics that were replayed.'),
    not_covered: z.number().int().describe('Diagnostics in scope that kept no readings: stored by an earlier release.'),
    current: AlertTally,
    proposed: AlertTally,
    would_fire: z.array(PreviewedAlert).describe('Under the proposed limits, newest first, at most 200.'),
    no_longer_fire: z
      .array(PreviewedAlert)
      .describe(
        'Under today’s limits, where the proposed ones show no open finding meanwhile; newest first, at most 200.',
      ),
    truncated: z.boolean().describe('There was more than could be replayed: the figures are of a part of the devices.'),
  })
  .meta({ id: 'ThresholdPreview', example: thresholdPreviewExample });
export type ThresholdPreview = z.infer<typeof ThresholdPreview>;

/** What creating answers: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const CreatedThreshold = z.object({ threshold: Threshold, replayed: z.boolean() });
export type CreatedThreshold = z.infer<typeof CreatedThreshold>;

export const GetThreshold = z.object({ id: z.string() });
export type GetThreshold = z.infer<typeof GetThreshold>;
export const PatchThreshold = z.object({ id: z.string(), change: ChangeThreshold, if_match: ifMatch });
export type PatchThreshold = z.infer<typeof PatchThreshold>;
export const DeleteThreshold = z.object({ id: z.string(), if_match: ifMatch });
export type DeleteThreshold = z.infer<typeof DeleteThreshold>;

const managed = { service: 'diagnostics', roles: rolesFrom('manager') } as const;

export const createThreshold = defineCommand({
  ...managed,
  pattern: 'diagnostics.thresholds.create',
  request: CreateThreshold,
  response: CreatedThreshold,
  idempotent: 'key',
});

export const listThresholds = defineCommand({
  ...managed,
  pattern: 'diagnostics.thresholds.list',
  request: ListThresholdsQuery,
  response: ThresholdPage,
  idempotent: true,
});

export const getThreshold = defineCommand({
  ...managed,
  pattern: 'diagnostics.thresholds.get',
  request: GetThreshold,
  response: Threshold,
  idempotent: true,
});

export const changeThreshold = defineCommand({
  ...managed,
  pattern: 'diagnostics.thresholds.change',
  request: PatchThreshold,
  response: Threshold,
  idempotent: 'key',
});

export const deleteThreshold = defineCommand({
  ...managed,
  pattern: 'diagnostics.thresholds.delete',
  request: DeleteThreshold,
  response: z.null(),
  idempotent: 'key',
});

export const previewThreshold = defineCommand({
  ...managed,
  pattern: 'diagnostics.thresholds.preview',
  request: PreviewThreshold,
  response: ThresholdPreview,
  idempotent: true,
});

export const getThresholdCatalogue = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.thresholds.checks',
  request: z.object({}),
  response: ThresholdCatalogue,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const getEffectiveThresholds = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.thresholds.effective',
  request: EffectiveThresholdsQuery,
  response: EffectiveThresholds,
  idempotent: true,
  roles: rolesFrom('viewer'),
});
