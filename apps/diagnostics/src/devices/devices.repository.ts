import { Injectable } from '@nestjs/common';
import { newId, type DeviceDescription } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { identityKeys, type DeviceIdentity } from './device-identity.js';
import { Device } from './device.entity.js';

/** That a diagnostic of a device came in. */
export interface DiagnosticNote {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly diagnosticId: string;
  /** What diagnostics of one device are ordered by. */
  readonly seenAt: Date;
  readonly receivedAt: Date;
}

/** A device and what it is known by. */
export interface KnownDevice extends DeviceIdentity {
  readonly id: string;
}

/** Devices as rows. */
@Injectable()
export class DevicesRepository {
  findById(manager: EntityManager, tenantId: string, id: string): Promise<Device | null> {
    return manager.findOneBy(Device, { tenant_id: tenantId, id });
  }

  /**
   * By serial number, else by UUID, else by host name. A weaker mark never overrules a stronger one: a row that
   * already carries another serial number (or UUID) than the caller's is another machine.
   */
  async findByIdentity(
    manager: EntityManager,
    tenantId: string,
    { serial, hardware_uuid, hostname }: DeviceIdentity,
  ): Promise<KnownDevice | undefined> {
    const [row] = await manager.query<KnownDevice[]>(
      `select id, serial, hardware_uuid, hostname from devices
       where tenant_id = $1 and (
         serial = $2
         or (hardware_uuid = $3 and (serial is null or $2::text is null))
         or (hostname = $4 and (serial is null or $2::text is null) and (hardware_uuid is null or $3::text is null)))
       order by serial = $2 desc nulls last, hardware_uuid = $3 desc nulls last, last_seen_at desc nulls last, id
       limit 1`,
      [tenantId, serial, hardware_uuid, hostname],
    );
    return row;
  }

  /** Waits for everybody who is making a device that could be this one; held until the transaction ends. */
  async lockIdentity(manager: EntityManager, tenantId: string, identity: DeviceIdentity): Promise<void> {
    for (const key of identityKeys(identity)) {
      await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`device:${tenantId}:${key}`]);
    }
  }

  /** What was not known of a device before; what is known is never overruled. */
  async learn(
    manager: EntityManager,
    tenantId: string,
    id: string,
    { serial, hardware_uuid }: DeviceIdentity,
  ): Promise<void> {
    await manager.query(
      `update devices set serial = coalesce(serial, $3), hardware_uuid = coalesce(hardware_uuid, $4) where tenant_id = $1 and id = $2`,
      [tenantId, id, serial, hardware_uuid],
    );
  }

  async create(
    manager: EntityManager,
    tenantId: string,
    identity: DeviceIdentity,
    description: DeviceDescription,
  ): Promise<string> {
    const id = newId('dev');
    const now = new Date();
    await manager.insert(Device, {
      tenant_id: tenantId,
      id,
      ...identity,
      manufacturer: description.manufacturer ?? null,
      model: description.model ?? null,
      macs: description.macs ?? [],
      tags: [],
      created_at: now,
      updated_at: now,
      last_seen_at: null,
      latest_diagnostic_id: null,
      latest_collected_at: null,
    });
    return id;
  }

  /** Takes over what a newer diagnostic says; what it does not say stays, and an older one changes nothing but the last sight. */
  async noteDiagnostic(
    manager: EntityManager,
    note: DiagnosticNote & { hostname?: string | null; description?: DeviceDescription },
  ): Promise<void> {
    const { hostname, description } = note;
    const [, newer] = await manager.query<[unknown, number]>(
      `update devices set
         last_seen_at = greatest(last_seen_at, $3), latest_collected_at = $4, latest_diagnostic_id = $5, updated_at = $3,
         hostname = coalesce($6, hostname), manufacturer = coalesce($7, manufacturer), model = coalesce($8, model),
         macs = coalesce($9, macs)
       where tenant_id = $1 and id = $2 and (latest_collected_at is null or latest_collected_at <= $4)`,
      [
        note.tenantId,
        note.deviceId,
        note.receivedAt,
        note.seenAt,
        note.diagnosticId,
        hostname ?? null,
        description?.manufacturer ?? null,
        description?.model ?? null,
        description?.macs ?? null,
      ],
    );
    if (newer > 0) return;
    await manager.query(
      'update devices set last_seen_at = greatest(last_seen_at, $3) where tenant_id = $1 and id = $2',
      [note.tenantId, note.deviceId, note.receivedAt],
    );
  }
}
