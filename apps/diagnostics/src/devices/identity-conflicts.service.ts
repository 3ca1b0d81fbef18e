import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { deviceIdentityConflict, Problem } from '@techze/contracts';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { asTenantWorker } from './as-tenant-worker.js';
import { DeviceEventsRepository } from './device-events.repository.js';
import { newMarks, type DeviceIdentity, type HardwareMarks } from './device-identity.js';
import type { DeviceRow } from './device.entity.js';
import { DeviceMatchingRepository, type ResolvedDevice } from './device-matching.repository.js';
import { IdentityConflictsRepository } from './identity-conflicts.repository.js';
import { IdentityFindings, type PlacedDevice } from './identity-findings.js';

/** Two agents that say they live on one machine: a cloned disk image, a board moved from one PC to another. Never merged. */
@Injectable()
export class IdentityConflicts {
  constructor(
    private readonly conflicts: IdentityConflictsRepository,
    private readonly matching: DeviceMatchingRepository,
    private readonly findings: IdentityFindings,
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
      await this.raise(manager, tenantId, device, newMarks(marks, device));
      await this.settle(manager, tenantId, deviceId, device);
      return device;
    });
  }

  /** Takes `lock`, if an agent that is let in with these marks may make or end a conflict. @returns whether it may */
  async lockIfConcerned(
    manager: EntityManager,
    tenantId: string,
    marks: HardwareMarks,
    agentId: string,
  ): Promise<boolean> {
    if (!(await this.conflicts.concern(manager, tenantId, marks, agentId))) return false;
    await this.lock(manager, tenantId);
    return true;
  }

  /** Whether an agent lives on a device with one of these marks. Under `lock`. */
  async isClaimed(manager: EntityManager, tenantId: string, marks: HardwareMarks): Promise<boolean> {
    return (await this.conflicts.findClaimedLike(manager, tenantId, marks, '')).length > 0;
  }

  /**
   * Looks whether another agent's device carries these marks too. Under `lock`.
   * @returns whether it is so
   */
  async raise(manager: EntityManager, tenantId: string, device: PlacedDevice, marks: HardwareMarks): Promise<boolean> {
    const others = await this.conflicts.findClaimedLike(manager, tenantId, marks, device.id);
    if (others.length === 0) return false;
    const all = [device, ...others];
    const ids = all.map(({ id }) => id);
    const occurredAt = new Date();
    const said = { serial: marks.serial, uuid: marks.hardware_uuid };
    await this.conflicts.mark(manager, tenantId, ids);
    await this.findings.raise(manager, tenantId, all, marks, occurredAt);
    for (const deviceId of ids) {
      const details = { conflicts_with: ids.filter((id) => id !== deviceId), ...said };
      await this.events.add(manager, tenantId, { deviceId, type: 'identity_conflict', details, occurredAt });
    }
    const conflict = { conflicts_with: others.map(({ id }) => id), ...said };
    await this.audit.record(manager, {
      event_type: 'IDENTITY_CONFLICT',
      resource_id: device.id,
      success: true,
      details: conflict,
    });
    await this.outbox.append(manager, deviceIdentityConflict, { device_id: device.id, ...conflict });
    return true;
  }

  /**
   * Somebody has looked: this device is not the others it was in conflict with. Under `lock`.
   * @returns the devices that are at peace again
   */
  async tellApart(manager: EntityManager, { tenant_id: tenantId, id, ...marks }: DeviceRow): Promise<string[]> {
    const own = await this.conflicts.clear(manager, tenantId, id);
    if (own.length === 0) return [];
    return [...(await this.atPeace(manager, tenantId, own)), ...(await this.settle(manager, tenantId, id, marks))];
  }

  /**
   * Ends what is no conflict any more once a device was told apart, shut out, deleted or described anew: its own, and those
   * of devices that share `marks` with it and with nobody else in conflict. Under `lock`.
   * @returns the devices that are at peace again
   */
  async settle(manager: EntityManager, tenantId: string, deviceId: string, marks: HardwareMarks): Promise<string[]> {
    const settled = await this.conflicts.settle(manager, tenantId, deviceId, marks);
    return this.atPeace(manager, tenantId, settled);
  }

  private async atPeace(manager: EntityManager, tenantId: string, settled: readonly PlacedDevice[]): Promise<string[]> {
    const occurredAt = new Date();
    await this.findings.settle(manager, tenantId, settled, occurredAt);
    const ids = settled.map(({ id }) => id);
    for (const deviceId of ids)
      await this.events.add(manager, tenantId, { deviceId, type: 'identity_resolved', details: {}, occurredAt });
    return ids;
  }
}
