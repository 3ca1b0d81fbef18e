import { Injectable } from '@nestjs/common';
import type { Hardware } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { identityKeys, type DeviceIdentity, type HardwareMarks } from './device-identity.js';

/** The device that a diagnostic is of, and what of it decides how the diagnostic is judged and noted. */
export interface ResolvedDevice {
  readonly id: string;
  readonly site_id: string | null;
  readonly tags: readonly string[];
  readonly hardware: Hardware | null;
  readonly latest_collected_at: Date | null;
}

/** The same with its marks. */
export type KnownDevice = ResolvedDevice & DeviceIdentity;

const RESOLVED = ['id', 'site_id', 'tags', 'hardware', 'latest_collected_at', 'serial', 'hardware_uuid', 'hostname'];
const columns = (alias: string) => RESOLVED.map((column) => `${alias}.${column}`).join(', ');

/** An agent lives on that device. */
export const livesOn = (device: string) => `exists (
  select from device_credentials c where c.tenant_id = ${device}.tenant_id and c.device_id = ${device}.id and c.revoked_at is null)`;

/**
 * By serial number, else by UUID, else by host name. A weaker mark never overrules a stronger one: a row that already
 * carries another serial number (or UUID) than the caller's is another machine. Of two that carry the same mark it is the one
 * that no agent lives on: an agent says of its own machine what it likes, and must not draw another's diagnostics to itself.
 */
const bestMatch = (condition: string) => `
  select d.id from devices d
  where d.tenant_id = $1 and ${condition} and (
    d.serial = $2
    or (d.hardware_uuid = $3 and (d.serial is null or $2::text is null))
    or (d.hostname = $4 and (d.serial is null or $2::text is null) and (d.hardware_uuid is null or $3::text is null)))
  order by case when d.serial = $2 then 1 when d.hardware_uuid = $3 then 2 else 3 end, ${livesOn('d')},
    d.hardware_uuid = $3 desc nulls last, d.hostname = $4 desc nulls last, d.last_seen_at desc nulls last, d.id
  limit 1`;

/**
 * Which row a machine is. What it answers is locked until the transaction ends, so that the diagnostics of one device
 * follow one another. The order in which locks are taken: identities, conflicts, devices, and then what belongs to a device.
 */
@Injectable()
export class DeviceMatchingRepository {
  async findById(manager: EntityManager, tenantId: string, id: string): Promise<KnownDevice | undefined> {
    const [row] = await manager.query<KnownDevice[]>(
      `select ${columns('d')} from devices d where d.tenant_id = $1 and d.id = $2 for no key update`,
      [tenantId, id],
    );
    return row;
  }

  /** An agent's device, unless the description gives it new marks, which only its newest diagnostic can. */
  async findUnchanged(
    manager: EntityManager,
    tenantId: string,
    id: string,
    { serial, hardware_uuid }: HardwareMarks,
    seenAt: Date,
  ): Promise<ResolvedDevice | undefined> {
    const [row] = await manager.query<ResolvedDevice[]>(
      `select ${columns('d')} from devices d where d.tenant_id = $1 and d.id = $2
         and (latest_collected_at > $5 or (($3::text is null or serial is not distinct from $3)
           and ($4::text is null or hardware_uuid is not distinct from $4)))
       for no key update`,
      [tenantId, id, serial, hardware_uuid, seenAt],
    );
    return row;
  }

  /** The device that a description means, if it carries every mark of it already. */
  async findWhollyKnown(
    manager: EntityManager,
    tenantId: string,
    { serial, hardware_uuid, hostname }: DeviceIdentity,
  ): Promise<ResolvedDevice | undefined> {
    const [row] = await manager.query<ResolvedDevice[]>(
      `with best as (${bestMatch('true')})
       select ${columns('d')} from devices d join best on best.id = d.id
       where d.tenant_id = $1 and ($2::text is null or d.serial = $2) and ($3::text is null or d.hardware_uuid = $3)
         and ($4::text is null or d.hostname = $4)
       for no key update of d`,
      [tenantId, serial, hardware_uuid, hostname],
    );
    return row;
  }

  /** The device that a description means, taught what it did not know of itself; what is known is never overruled. */
  async findAndTeach(
    manager: EntityManager,
    tenantId: string,
    { serial, hardware_uuid, hostname }: DeviceIdentity,
  ): Promise<ResolvedDevice | undefined> {
    const [rows] = await manager.query<[ResolvedDevice[], number]>(
      `with best as (${bestMatch('true')})
       update devices d set serial = coalesce(d.serial, $2), hardware_uuid = coalesce(d.hardware_uuid, $3)
       from best where d.tenant_id = $1 and d.id = best.id returning ${columns('d')}`,
      [tenantId, serial, hardware_uuid, hostname],
    );
    return rows[0];
  }

  /** The device of an agent that was enrolled before. */
  async findByAgent(manager: EntityManager, tenantId: string, agentId: string): Promise<KnownDevice | undefined> {
    const [row] = await manager.query<KnownDevice[]>(
      `select ${columns('d')} from devices d where d.tenant_id = $1 and d.agent_id = $2 for no key update`,
      [tenantId, agentId],
    );
    return row;
  }

  /** What a description means, among all devices or only those that no agent lives on. */
  async findMatch(
    manager: EntityManager,
    tenantId: string,
    { serial, hardware_uuid, hostname }: DeviceIdentity,
    among: 'all' | 'unclaimed',
  ): Promise<KnownDevice | undefined> {
    const [row] = await manager.query<KnownDevice[]>(
      `with best as (${bestMatch(among === 'all' ? 'true' : `not ${livesOn('d')}`)})
       select ${columns('d')} from devices d join best on best.id = d.id where d.tenant_id = $1 for no key update of d`,
      [tenantId, serial, hardware_uuid, hostname],
    );
    return row;
  }

  /** The marks that a device carries from now on; a mark that is not given stays. */
  async describe(
    manager: EntityManager,
    tenantId: string,
    id: string,
    { serial, hardware_uuid }: HardwareMarks,
  ): Promise<void> {
    await manager.query(
      `update devices set serial = coalesce($3, serial), hardware_uuid = coalesce($4, hardware_uuid)
       where tenant_id = $1 and id = $2`,
      [tenantId, id, serial, hardware_uuid],
    );
  }

  /** Waits for everybody who is making a device that could be this one; held until the transaction ends. */
  async lockIdentity(
    manager: EntityManager,
    tenantId: string,
    identity: DeviceIdentity,
    agentId?: string,
  ): Promise<void> {
    // Sent at once, taken in this order.
    await Promise.all(identityKeys(identity, agentId).map((key) => lock(manager, `device:${tenantId}:${key}`)));
  }
}

/** Held until the transaction ends. */
export async function lock(manager: EntityManager, key: string): Promise<void> {
  await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}
