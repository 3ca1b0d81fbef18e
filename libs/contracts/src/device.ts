import { z } from 'zod';
import { defineCommand } from './command.js';
import { deviceExample, devicePageExample } from './device.example.js';
import { DeviceDescription, DiagnosticType } from './diagnostic.js';
import { defineEvent } from './event.js';
import { Finding } from './finding.js';
import { usableIdentifier } from './hardware-identifier.js';
import { Band, Health } from './health.js';
import { idSchema } from './ids.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text, trimmed } from './text.js';
import { ifMatch, version } from './version.js';

export const IdentityState = z.enum(['ok', 'identity_conflict']);
export type IdentityState = z.infer<typeof IdentityState>;

const TAGS_MAX = 50;
const tag = trimmed(64);
const tags = z
  .array(tag)
  .max(TAGS_MAX)
  .overwrite((list) => [...new Set(list)]);

/** The parts of a machine that tell their serial numbers, as its newest diagnostic had them. */
export const HardwarePart = z.object({ serial: z.string(), name: z.string().nullable() });
export type HardwarePart = z.infer<typeof HardwarePart>;

const PartList = z.object({
  parts: z.array(HardwarePart),
  whole: z.boolean().describe('false: not every part has been readable so far, so there may be more.'),
});

export const Hardware = z
  .object({
    disks: PartList.optional(),
    memory: PartList.optional(),
    board: z.object({ baseboard: z.string().optional(), system: z.string().optional() }).optional(),
  })
  .meta({ id: 'Hardware', example: devicePageExample.hardware });
export type Hardware = z.infer<typeof Hardware>;

export const partKinds = ['disk', 'memory', 'board'] as const;
export const PartKind = z.enum(partKinds);
export type PartKind = z.infer<typeof PartKind>;

/** Part of a machine that came or went. */
export const HardwareChange = z.object({
  part: PartKind,
  added: z.array(HardwarePart),
  removed: z.array(HardwarePart),
});
export type HardwareChange = z.infer<typeof HardwareChange>;

/** POST /api/v1/devices: a machine made by hand, before any diagnostic of it. */
export const CreateDevice = z
  .strictObject({
    ...DeviceDescription.shape,
    name: trimmed(200).nullable().default(null),
    notes: text(4000).nullable().default(null),
    site_id: idSchema('sit').nullable().default(null),
    tags: tags.default([]),
  })
  .refine(
    ({ hostname, serial, uuid }) => Boolean(hostname?.trim() || usableIdentifier(serial) || usableIdentifier(uuid)),
    'needs a hostname, a serial or a uuid that tells machines apart',
  )
  .meta({
    id: 'CreateDevice',
    example: { hostname: 'balcao-03', serial: 'PF3ABCDE', manufacturer: 'LENOVO', model: '20XW', tags: ['counter'] },
  });
export type CreateDevice = z.infer<typeof CreateDevice>;

/** PATCH /api/v1/devices/{id}: what is absent stays, null clears. */
export const ChangeDevice = z
  .strictObject({
    name: trimmed(200).nullable().optional(),
    notes: text(4000).nullable().optional(),
    site_id: idSchema('sit').nullable().optional(),
    tags: z
      .union([tags, z.strictObject({ add: tags.optional(), remove: tags.optional() })])
      .optional()
      .describe('A list replaces all; {add, remove} changes some, whatever others add meanwhile.'),
    identity_state: z
      .literal('ok')
      .optional()
      .describe('Somebody has looked: this and the devices it was in conflict with are told apart.'),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeDevice', example: { name: 'Counter 3', tags: { add: ['ssd'], remove: ['hdd'] } } });
export type ChangeDevice = z.infer<typeof ChangeDevice>;

const named = z.object({ id: z.string(), name: z.string() });

/** A machine of a tenant, as its newest diagnostic described it. */
export const Device = z
  .object({
    id: z.string(),
    name: z.string().nullable().describe('What people call it.'),
    hostname: z.string().nullable(),
    serial: z.string().nullable(),
    uuid: z.string().nullable(),
    manufacturer: z.string().nullable(),
    model: z.string().nullable(),
    macs: z.array(z.string()),
    os: z.string().nullable(),
    agent_version: z.string().nullable(),
    site: named.nullable(),
    customer: named.nullable().describe('Hidden from agents.'),
    tags: z.array(z.string()),
    notes: z.string().nullable(),
    identity: z.object({
      state: IdentityState,
      agent_id: z.string().nullable().describe('The agent that was enrolled last.'),
      enrolled_at: z.iso.datetime().nullable().describe('null: no agent has a credential for it.'),
      last_seen_at: z.iso.datetime().nullable(),
    }),
    latest_diagnostic_id: z.string().nullable(),
    health: z
      .object({ score: z.number().nullable(), band: Band, coverage: z.number() })
      .nullable()
      .describe('Of the newest diagnostic; null before the first.'),
    open_findings: z.object({
      critical: z.number().int(),
      warning: z.number().int(),
      info: z.number().int(),
    }),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Device', example: deviceExample });
export type Device = z.infer<typeof Device>;

export const deviceEventTypes = [
  'enrolled',
  'revoked',
  'hardware_changed',
  'identity_conflict',
  'identity_resolved',
] as const;
export const DeviceEventType = z.enum(deviceEventTypes);
export type DeviceEventType = z.infer<typeof DeviceEventType>;

/** What happened to a device beside its diagnostics. */
export const DeviceEvent = z
  .object({
    id: z.string(),
    type: DeviceEventType,
    details: z.record(z.string(), z.unknown()),
    diagnostic_id: z.string().nullable().describe('The diagnostic that told of it.'),
    occurred_at: z.iso.datetime(),
  })
  .meta({ id: 'DeviceEvent', example: devicePageExample.events[0] });
export type DeviceEvent = z.infer<typeof DeviceEvent>;

/** All that a device's page shows. */
export const DevicePage = Device.extend({
  health: Health.nullable().describe('Of the newest diagnostic, with its ten heaviest deductions.'),
  findings: z
    .array(
      Finding.pick({
        id: true,
        key: true,
        category: true,
        code: true,
        severity: true,
        title: true,
        evidence: true,
        points: true,
        state: true,
        first_seen: true,
        last_seen: true,
        occurrences: true,
      }),
    )
    .describe('Open ones, the gravest and newest first, at most 50.'),
  recent_diagnostics: z
    .array(
      z.object({
        id: z.string(),
        type: DiagnosticType,
        collected_at: z.iso.datetime(),
        score: z.number().nullable(),
        band: Band,
      }),
    )
    .describe('The last ten, newest first.'),
  score_history: z
    .array(z.object({ diagnostic_id: z.string(), collected_at: z.iso.datetime(), score: z.number().nullable() }))
    .describe('Scores of the last 30 diagnostics, oldest first.'),
  hardware: Hardware.nullable(),
  events: z.array(DeviceEvent).describe('The last twenty, newest first.'),
}).meta({ id: 'DevicePage', example: devicePageExample });
export type DevicePage = z.infer<typeof DevicePage>;

/** GET /api/v1/devices, newest first. */
export const ListDevicesQuery = z.strictObject({
  ...pageQuery,
  q: trimmed(200).optional().describe('Part of name, host name, serial number, maker or model, in any case.'),
  customer_id: idSchema('cus').optional(),
  site_id: idSchema('sit').optional(),
  tag: tag.optional(),
  band: Band.optional().describe('Of the newest diagnostic.'),
  os: trimmed(200).optional().describe('Part of the operating system’s name, in any case: windows.'),
  identity_state: IdentityState.optional(),
});
export type ListDevicesQuery = z.infer<typeof ListDevicesQuery>;

export const DeviceList = pageOf(Device).meta({
  id: 'DeviceList',
  example: { data: [deviceExample], page: { next_cursor: null, has_more: false } },
});
export type DeviceList = z.infer<typeof DeviceList>;

/** What creating answers: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const CreatedDevice = z.object({ device: Device, replayed: z.boolean() });
export type CreatedDevice = z.infer<typeof CreatedDevice>;

export const GetDevice = z.object({ id: z.string() });
export type GetDevice = z.infer<typeof GetDevice>;
export const PatchDevice = z.object({ id: z.string(), change: ChangeDevice, if_match: ifMatch });
export type PatchDevice = z.infer<typeof PatchDevice>;
export const DeleteDevice = z.object({ id: z.string(), if_match: ifMatch });
export type DeleteDevice = z.infer<typeof DeleteDevice>;
export const RevokeDevice = z.object({ id: z.string(), if_match: ifMatch });
export type RevokeDevice = z.infer<typeof RevokeDevice>;

export const createDevice = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.create',
  request: CreateDevice,
  response: CreatedDevice,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

export const listDevices = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.list',
  request: ListDevicesQuery,
  response: DeviceList,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const getDevice = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.get',
  request: GetDevice,
  response: DevicePage,
  idempotent: true,
  roles: [...rolesFrom('viewer'), 'agent'],
});

export const changeDevice = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.change',
  request: PatchDevice,
  response: Device,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

export const deleteDevice = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.delete',
  request: DeleteDevice,
  response: z.null(),
  idempotent: 'key',
  roles: rolesFrom('manager'),
});

/** Ends the device's credential: its agent is shut out, the device and all its evidence stay. */
export const revokeDevice = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.devices.revoke',
  request: RevokeDevice,
  response: z.null(),
  idempotent: 'key',
  roles: rolesFrom('manager'),
});

const consumers = ['ai', 'automation', 'analytics'] as const;

const enrolled = z.object({
  device_id: z.string(),
  site_id: z.string().nullable(),
  agent_id: z.string(),
  agent_version: z.string(),
  made: z.boolean().describe('The device was not known before.'),
});

/** An agent was given a device's credential. */
export const deviceEnrolled = defineEvent({
  type: 'device.enrolled',
  data: enrolled,
  consumers,
  shown: enrolled,
});

const deleted = z.object({ device_id: z.string() });

/** A device is gone, with its diagnostics, findings and measurements: there is no diagnostic.deleted for each. */
export const deviceDeleted = defineEvent({
  type: 'device.deleted',
  data: deleted,
  consumers,
  shown: deleted,
});

const hardwareChanged = HardwareChange.extend({ device_id: z.string(), diagnostic_id: z.string() });

/** A disk, memory or the board is not the one it was. */
export const deviceHardwareChanged = defineEvent({
  type: 'device.hardware_changed',
  data: hardwareChanged,
  consumers,
  // Serial numbers stay with the device.
  shown: hardwareChanged.omit({ added: true, removed: true }),
});

const identityConflict = z.object({
  device_id: z.string(),
  conflicts_with: z.array(z.string()),
  serial: z.string().nullable(),
  uuid: z.string().nullable(),
});

/** Two agents say that they live on one machine. */
export const deviceIdentityConflict = defineEvent({
  type: 'device.identity_conflict',
  data: identityConflict,
  consumers,
  shown: identityConflict.omit({ serial: true, uuid: true }),
});
