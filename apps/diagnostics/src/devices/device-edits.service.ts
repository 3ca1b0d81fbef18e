import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  deviceDeleted,
  idSchema,
  Problem,
  requireVersion,
  type ChangeDevice,
  type CreateDevice,
  type CreatedDevice,
  type DeleteDevice,
  type Device,
  type IfMatch,
  type PatchDevice,
  type RevokeDevice,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { changedFields, pick } from '../customers-and-sites/changed-fields.js';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { DiagnosticCache } from '../diagnostics/diagnostic-cache.js';
import { DeviceCredentialsRepository } from './device-credentials.repository.js';
import { DeviceEventsRepository } from './device-events.repository.js';
import { identityOf } from './device-identity.js';
import { DeviceMatchingRepository } from './device-matching.repository.js';
import type { DeviceRow } from './device.entity.js';
import { DevicesRepository } from './devices.repository.js';
import { DevicesService } from './devices.service.js';
import { IdentityConflicts } from './identity-conflicts.service.js';
import { toDevice } from './shown-device.js';

const TAGS_MAX = 50;
const deviceId = idSchema('dev');
/** What tells of a device that is gone. */
const REMEMBERED = [
  'name',
  'hostname',
  'serial',
  'hardware_uuid',
  'manufacturer',
  'model',
  'site_id',
  'tags',
  'agent_id',
] as const;

/** What people do to devices: make, describe, tell apart, shut out, delete. Each is on record. */
@Injectable()
export class DeviceEdits {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly devices: DevicesRepository,
    private readonly matching: DeviceMatchingRepository,
    private readonly making: DevicesService,
    private readonly conflicts: IdentityConflicts,
    private readonly credentials: DeviceCredentialsRepository,
    private readonly events: DeviceEventsRepository,
    private readonly cache: DiagnosticCache,
    private readonly audit: AuditRecorder,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Problem `device-exists` when the description means one that is there, `site-not-found` */
  async create(body: CreateDevice): Promise<CreatedDevice> {
    const { name, notes, site_id, tags, ...description } = body;
    const scope = { route: 'POST /api/v1/devices', requestBody: body };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const tenantId = tenantOfCaller();
        const identity = identityOf(description);
        await this.matching.lockIdentity(manager, tenantId, identity);
        if (await this.matching.findMatch(manager, tenantId, identity, 'all')) throw new Problem('device-exists');
        const { id } = await this.making.make(manager, tenantId, description, { name, notes, site_id, tags });
        await this.audit.record(manager, {
          event_type: 'DEVICE_CREATED',
          resource_id: id,
          success: true,
          details: { after: body },
        });
        return this.shown(manager, tenantId, id);
      }),
    );
    return { device: value, replayed };
  }

  /** @throws Problem `device-not-found`, `precondition-failed`, `site-not-found` */
  change(request: PatchDevice): Promise<Device> {
    const { tags, identity_state, ...plain } = request.change;
    const apply = async (manager: EntityManager, before: DeviceRow): Promise<Device> => {
      const after = {
        ...before,
        ...plain,
        tags: tagsAfter(before.tags, tags),
        version: before.version + 1,
        updated_at: new Date(),
      };
      await this.devices.update(manager, after);
      const settled = identity_state === 'ok' ? await this.conflicts.tellApart(manager, before) : [];
      const fields = Object.keys({ ...plain, ...(tags && { tags }) }) as (keyof typeof plain | 'tags')[];
      await this.audit.record(manager, {
        event_type: 'DEVICE_UPDATED',
        resource_id: before.id,
        success: true,
        details: { ...changedFields(before, after, fields), ...(settled.length > 0 && { told_apart: settled }) },
      });
      return this.shown(manager, before.tenant_id, before.id);
    };
    return this.edit('PATCH /api/v1/devices/{id}', request, apply, identity_state === 'ok');
  }

  /** With all its evidence. @throws Problem `device-not-found`, `precondition-failed` */
  async remove(request: DeleteDevice): Promise<null> {
    const diagnostics = await this.edit('DELETE /api/v1/devices/{id}', request, async (manager, device) => {
      const { tenant_id: tenantId, id } = device;
      const ids = await this.devices.diagnosticsOf(manager, tenantId, id);
      await this.devices.delete(manager, tenantId, id);
      const settled = await this.conflicts.settle(manager, tenantId, id, device);
      await this.audit.record(manager, {
        event_type: 'DEVICE_DELETED',
        resource_id: id,
        success: true,
        details: { before: pick(device, REMEMBERED), diagnostics: ids.length, told_apart: settled },
      });
      await this.outbox.append(manager, deviceDeleted, { device_id: id });
      return ids;
    });
    for (const id of diagnostics) await this.cache.drop(id);
    return null;
  }

  /** Shuts the device's agent out, if there is one. @throws Problem `device-not-found`, `precondition-failed` */
  revoke(request: RevokeDevice): Promise<null> {
    return this.edit('POST /api/v1/devices/{id}/revoke', request, async (manager, device) => {
      const { tenant_id: tenantId, id, agent_id } = device;
      const keyId = await this.credentials.revoke(manager, tenantId, id, 'revoked');
      if (keyId === undefined) return null;
      const occurredAt = new Date();
      await this.devices.release(manager, tenantId, id, occurredAt);
      await this.events.add(manager, tenantId, { deviceId: id, type: 'revoked', details: { agent_id }, occurredAt });
      const settled = await this.conflicts.settle(manager, tenantId, id, device);
      await this.audit.record(manager, {
        event_type: 'DEVICE_REVOKED',
        resource_id: id,
        success: true,
        details: { agent_id, key_id: keyId, told_apart: settled },
      });
      return null;
    });
  }

  /**
   * Once under its key, on the version that the caller has seen.
   * @param endsConflict it may end a conflict, whose lock comes before the device's
   */
  private async edit<T>(
    route: string,
    request: { id: string; if_match?: IfMatch },
    work: (manager: EntityManager, row: DeviceRow) => Promise<T>,
    endsConflict = true,
  ): Promise<T> {
    const { id, if_match } = request;
    if (!deviceId.safeParse(id).success) throw new Problem('device-not-found');
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route, requestBody: request }, async () => {
        const tenantId = tenantOfCaller();
        if (endsConflict) await this.conflicts.lock(manager, tenantId);
        const row = await this.devices.findToChange(manager, tenantId, id);
        if (!row) throw new Problem('device-not-found');
        requireVersion(row.version, if_match);
        return work(manager, row);
      }),
    );
    return value;
  }

  private async shown(manager: EntityManager, tenantId: string, id: string): Promise<Device> {
    const row = await this.devices.findShown(manager, tenantId, id);
    if (!row) throw new Problem('device-not-found');
    return toDevice(row);
  }
}

/** @throws Problem `validation-failed` when they would be more than a device may have */
function tagsAfter(tags: readonly string[], change: ChangeDevice['tags']): string[] {
  if (change === undefined) return [...tags];
  if (Array.isArray(change)) return change;
  const { add = [], remove = [] } = change;
  const after = [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag));
  if (after.length > TAGS_MAX)
    throw new Problem('validation-failed', {
      errors: [{ pointer: '/tags/add', detail: `a device has at most ${TAGS_MAX} tags` }],
    });
  return after;
}
