import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { deviceIdentityConflict, Problem } from '@techze/contracts';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { asTenantWorker } from './as-tenant-worker.js';
import { DeviceEventsRepository } from './device-events.repository.js';
import { newMarks, type DeviceIdentity, type HardwareMarks } from './device-identity.js';
import { DeviceMatchingRepository, type ResolvedDevice } from './device-matching.repository.js';
import { IdentityConflictsRepository } from './identity-conflicts.repository.js';

/** Two agents that say they live on one machine: a cloned disk image, a board moved from one PC to another. Never merged. */
@Injectable()
export class IdentityConflicts {
  constructor(
    private readonly conflicts: IdentityConflictsRepository,
    private readonly matching: DeviceMatchingRepository,
    private readonly events: DeviceEventsRepository,
    private readonly audit: AuditRecorder,
    private readonly outbox: Outbox,
  ) {}

  /** Conflicts concern several devices at once: whoever makes or ends one is alone in the tenant until its transaction ends. */
  lock(manager: EntityManager, tenantId: string): Promise<void> {
    return this.conflicts.lock(manager, tenantId);
  }

  /**
   * An agent's device carries other marks from now on. What they make of conflicts, old and new, is seen to.
   * @throws Problem `device-not-found` when the device was deleted a moment ago
   */
  async redescribe(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    marks: DeviceIdentity,
  ): Promise<ResolvedDevice> {
    await this.matching.lockIdentity(manager, tenantId, marks);
    await this.lock(manager, tenantId);
    return asTenantWorker(manager, tenantId, async () => {
      const device = await this.matching.findById(manager, tenantId, deviceId);
      if (!device) throw new Problem('device-not-found');
      await this.matching.describe(manager, tenantId, deviceId, marks);
      await this.raise(manager, tenantId, deviceId, newMarks(marks, device));
      await this.settle(manager, tenantId, deviceId, device);
      return device;
    });
  }

  /**
   * Looks whether another agent's device carries these marks too. Under `lock`.
   * @returns whether it is so
   */
  async raise(manager: EntityManager, tenantId: string, deviceId: string, marks: HardwareMarks): Promise<boolean> {
    const others = await this.conflicts.findClaimedLike(manager, tenantId, marks, deviceId);
    if (others.length === 0) return false;
    const all = [deviceId, ...others];
    const occurredAt = new Date();
    const said = { serial: marks.serial, uuid: marks.hardware_uuid };
    await this.conflicts.mark(manager, tenantId, all);
    for (const id of all) {
      const details = { conflicts_with: all.filter((other) => other !== id), ...said };
      await this.events.add(manager, tenantId, { deviceId: id, type: 'identity_conflict', details, occurredAt });
    }
    await this.audit.record(manager, {
      event_type: 'IDENTITY_CONFLICT',
      resource_id: deviceId,
      success: true,
      details: { conflicts_with: others, ...said },
    });
    await this.outbox.append(manager, deviceIdentityConflict, {
      device_id: deviceId,
      conflicts_with: others,
      ...said,
    });
    return true;
  }

  /**
   * Ends what is no conflict any more once a device was told apart, shut out, deleted or described anew: its own, and those
   * of devices that share `marks` with it and with nobody else in conflict. Under `lock`.
   * @returns the devices that are at peace again
   */
  async settle(manager: EntityManager, tenantId: string, deviceId: string, marks: HardwareMarks): Promise<string[]> {
    const settled = await this.conflicts.settle(manager, tenantId, deviceId, marks);
    const occurredAt = new Date();
    for (const id of settled) {
      await this.events.add(manager, tenantId, { deviceId: id, type: 'identity_resolved', details: {}, occurredAt });
    }
    return settled;
  }
}
