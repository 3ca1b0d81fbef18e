import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { HardwareMarks } from './device-identity.js';
import type { PlacedDevice } from './identity-findings.js';
import { livesOn, lock } from './device-matching.repository.js';

/** Which devices are in conflict about who they are. A conflict is between agents that live: a revoked one has no part in it. */
@Injectable()
export class IdentityConflictsRepository {
  lock(manager: EntityManager, tenantId: string): Promise<void> {
    return lock(manager, `device-conflicts:${tenantId}`);
  }

  /**
   * Whether an agent that says so of itself may make or end a conflict: another one lives on a device with one of these
   * marks, or its own device is in conflict. Whoever asks holds the lock of these marks, so the answer stays true.
   */
  async concern(
    manager: EntityManager,
    tenantId: string,
    { serial, hardware_uuid }: HardwareMarks,
    agentId: string,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `select 1 from devices d where d.tenant_id = $1 and (
         (d.agent_id = $4 and d.identity_state <> 'ok')
         or ((d.serial = $2 or d.hardware_uuid = $3) and d.agent_id is distinct from $4 and ${livesOn('d')}))
       limit 1`,
      [tenantId, serial, hardware_uuid, agentId],
    );
    return rows.length > 0;
  }

  /** Other devices that carry one of these marks and have an agent living on them; locked until the transaction ends. */
  async findClaimedLike(
    manager: EntityManager,
    tenantId: string,
    { serial, hardware_uuid }: HardwareMarks,
    exceptId: string,
  ): Promise<PlacedDevice[]> {
    return manager.query<PlacedDevice[]>(
      `select d.id, d.site_id from devices d where d.tenant_id = $1 and d.id <> $4 and (d.serial = $2 or d.hardware_uuid = $3)
         and ${livesOn('d')}
       order by d.id for no key update of d`,
      [tenantId, serial, hardware_uuid, exceptId],
    );
  }

  async mark(manager: EntityManager, tenantId: string, ids: readonly string[]): Promise<void> {
    await manager.query(
      `update devices set identity_state = 'identity_conflict', version = version + 1, updated_at = now()
       where tenant_id = $1 and id = any($2) and identity_state = 'ok'`,
      [tenantId, ids],
    );
  }

  /** @returns the device, if it was in conflict */
  async clear(manager: EntityManager, tenantId: string, id: string): Promise<PlacedDevice[]> {
    const [rows] = await manager.query<[PlacedDevice[], number]>(
      `update devices set identity_state = 'ok', version = version + 1, updated_at = now()
       where tenant_id = $1 and id = $2 and identity_state = 'identity_conflict'
       returning id, site_id`,
      [tenantId, id],
    );
    return rows;
  }

  /**
   * Lets the device, and those that share `marks`, be at peace, unless they live and share a mark with another one that
   * lives in conflict.
   * @returns whose conflict is over
   */
  async settle(
    manager: EntityManager,
    tenantId: string,
    id: string,
    { serial, hardware_uuid }: HardwareMarks,
  ): Promise<PlacedDevice[]> {
    const [rows] = await manager.query<[PlacedDevice[], number]>(
      `update devices p set identity_state = 'ok', version = version + 1, updated_at = now()
       where p.tenant_id = $1 and p.identity_state = 'identity_conflict'
         and (p.id = $2 or p.serial = $3 or p.hardware_uuid = $4)
         and not (${livesOn('p')} and exists (
           select from devices d where d.tenant_id = $1 and d.id <> p.id and d.identity_state = 'identity_conflict'
             and (d.serial = p.serial or d.hardware_uuid = p.hardware_uuid) and ${livesOn('d')}))
       returning p.id, p.site_id`,
      [tenantId, id, serial, hardware_uuid],
    );
    return rows;
  }
}
