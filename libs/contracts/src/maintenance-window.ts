import { z } from 'zod';
import { defineCommand } from './command.js';
import { Severity } from './health.js';
import { idSchema } from './ids.js';
import {
  createMaintenanceWindowExample,
  maintenanceWindowExample,
  suppressionExample,
} from './maintenance-window.example.js';
import { moment } from './moment.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text } from './text.js';
import { ifMatch, version } from './version.js';

const ONE_WEEK_MINUTES = 7 * 24 * 60;

const name = text(200);
const reason = text(1000);
const tags = z.array(text(64)).min(1).max(50);
const cron = z.string().min(1).max(120).describe('Five fields: minute, hour, day of month, month, day of week.');
const timezone = z.string().min(1).max(64).describe('The IANA time zone that cron is read in.');
const durationMinutes = z.number().int().min(1).max(ONE_WEEK_MINUTES);

/**
 * POST /api/v1/maintenance-windows: once, from `starts_at` to `ends_at`; or again and again, with `cron`, `timezone` and
 * `duration_minutes`, within `starts_at` and `ends_at`.
 */
export const CreateMaintenanceWindow = z
  .strictObject({
    name,
    reason: reason.optional(),
    customer_id: idSchema('cus').optional(),
    site_id: idSchema('sit').optional(),
    device_id: idSchema('dev').optional(),
    tags: tags.optional().describe('Devices with one of these tags. Without tags and ids: the whole tenant.'),
    starts_at: moment,
    ends_at: moment.optional(),
    cron: cron.optional(),
    timezone: timezone.optional(),
    duration_minutes: durationMinutes.optional(),
  })
  .superRefine(({ customer_id, site_id, device_id, tags: named }, context) => {
    const scopes = Object.entries({ customer_id, site_id, device_id, tags: named }).filter(([, value]) => value);
    for (const [scope] of scopes.slice(1))
      context.addIssue({ code: 'custom', path: [scope], message: `does not go with ${scopes[0]![0]}` });
  })
  .meta({ id: 'CreateMaintenanceWindow', example: createMaintenanceWindowExample });
export type CreateMaintenanceWindow = z.infer<typeof CreateMaintenanceWindow>;

/** PATCH /api/v1/maintenance-windows/{id}: what is absent stays, null clears. Whom it is for stays, but for the tags. */
export const ChangeMaintenanceWindow = z
  .strictObject({
    name: name.optional(),
    reason: reason.nullable().optional(),
    tags: tags.optional().describe('Only of a window that is for tags.'),
    starts_at: moment.optional(),
    ends_at: moment.nullable().optional(),
    cron: cron.nullable().optional(),
    timezone: timezone.nullable().optional(),
    duration_minutes: durationMinutes.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeMaintenanceWindow', example: { duration_minutes: 300 } });
export type ChangeMaintenanceWindow = z.infer<typeof ChangeMaintenanceWindow>;

/** When machines are worked on: what is found on them meanwhile alarms nobody, and is on record. */
export const MaintenanceWindow = z
  .object({
    id: z.string(),
    name: z.string(),
    reason: z.string().nullable(),
    customer_id: z.string().nullable(),
    site_id: z.string().nullable(),
    device_id: z.string().nullable(),
    tags: z.array(z.string()),
    starts_at: z.iso.datetime(),
    ends_at: z.iso.datetime().nullable(),
    cron: z.string().nullable(),
    timezone: z.string().nullable(),
    duration_minutes: z.number().int().nullable(),
    created_by: z.string().nullable(),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'MaintenanceWindow', example: maintenanceWindowExample });
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

/** GET /api/v1/maintenance-windows, newest first. */
export const ListMaintenanceWindowsQuery = z.strictObject({
  ...pageQuery,
  customer_id: idSchema('cus').optional(),
  site_id: idSchema('sit').optional(),
  device_id: idSchema('dev').optional(),
});
export type ListMaintenanceWindowsQuery = z.infer<typeof ListMaintenanceWindowsQuery>;

export const MaintenanceWindowPage = pageOf(MaintenanceWindow).meta({
  id: 'MaintenanceWindowPage',
  example: { data: [maintenanceWindowExample], page: { next_cursor: null, has_more: false } },
});
export type MaintenanceWindowPage = z.infer<typeof MaintenanceWindowPage>;

/** An event that a window kept quiet. */
export const Suppression = z
  .object({
    id: z.string(),
    finding_id: z.string(),
    device_id: z.string(),
    event_type: z.string().describe('The event that nobody got: finding.opened, finding.changed or finding.resolved.'),
    severity: Severity,
    title: z.string(),
    diagnostic_id: z.string().nullable(),
    occurred_at: z.iso.datetime(),
  })
  .meta({ id: 'Suppression', example: suppressionExample });
export type Suppression = z.infer<typeof Suppression>;

/** GET /api/v1/maintenance-windows/{id}/suppressions, newest first. */
export const ListSuppressionsQuery = z.strictObject(pageQuery);
export type ListSuppressionsQuery = z.infer<typeof ListSuppressionsQuery>;

export const SuppressionPage = pageOf(Suppression).meta({
  id: 'SuppressionPage',
  example: { data: [suppressionExample], page: { next_cursor: null, has_more: false } },
});
export type SuppressionPage = z.infer<typeof SuppressionPage>;

/** What creating answers: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const CreatedMaintenanceWindow = z.object({ window: MaintenanceWindow, replayed: z.boolean() });
export type CreatedMaintenanceWindow = z.infer<typeof CreatedMaintenanceWindow>;

export const GetMaintenanceWindow = z.object({ id: z.string() });
export type GetMaintenanceWindow = z.infer<typeof GetMaintenanceWindow>;
export const PatchMaintenanceWindow = z.object({ id: z.string(), change: ChangeMaintenanceWindow, if_match: ifMatch });
export type PatchMaintenanceWindow = z.infer<typeof PatchMaintenanceWindow>;
export const DeleteMaintenanceWindow = z.object({ id: z.string(), if_match: ifMatch });
export type DeleteMaintenanceWindow = z.infer<typeof DeleteMaintenanceWindow>;
export const ListSuppressions = z.object({ id: z.string(), query: ListSuppressionsQuery });
export type ListSuppressions = z.infer<typeof ListSuppressions>;

const managed = { service: 'diagnostics', roles: rolesFrom('manager') } as const;

export const createMaintenanceWindow = defineCommand({
  ...managed,
  pattern: 'maintenance-windows.create',
  request: CreateMaintenanceWindow,
  response: CreatedMaintenanceWindow,
  idempotent: 'key',
});

export const listMaintenanceWindows = defineCommand({
  ...managed,
  pattern: 'maintenance-windows.list',
  request: ListMaintenanceWindowsQuery,
  response: MaintenanceWindowPage,
  idempotent: true,
});

export const getMaintenanceWindow = defineCommand({
  ...managed,
  pattern: 'maintenance-windows.get',
  request: GetMaintenanceWindow,
  response: MaintenanceWindow,
  idempotent: true,
});

export const changeMaintenanceWindow = defineCommand({
  ...managed,
  pattern: 'maintenance-windows.change',
  request: PatchMaintenanceWindow,
  response: MaintenanceWindow,
  idempotent: 'key',
});

export const deleteMaintenanceWindow = defineCommand({
  ...managed,
  pattern: 'maintenance-windows.delete',
  request: DeleteMaintenanceWindow,
  response: z.null(),
  idempotent: 'key',
});

export const listSuppressions = defineCommand({
  ...managed,
  pattern: 'maintenance-windows.suppressions',
  request: ListSuppressions,
  response: SuppressionPage,
  idempotent: true,
});
