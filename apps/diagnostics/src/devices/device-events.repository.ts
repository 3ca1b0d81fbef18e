import { Injectable } from '@nestjs/common';
import { newId, type DeviceEvent, type DeviceEventType } from '@techze/contracts';
import type { EntityManager } from 'typeorm';

/** What happened to a device beside its diagnostics, as rows that are only added. */
@Injectable()
export class DeviceEventsRepository {
  async add(
    manager: EntityManager,
    tenantId: string,
    event: {
      deviceId: string;
      type: DeviceEventType;
      details: Readonly<Record<string, unknown>>;
      occurredAt: Date;
      diagnosticId?: string;
    },
  ): Promise<void> {
    await manager.query(
      `insert into device_events (tenant_id, id, device_id, type, details, diagnostic_id, occurred_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        tenantId,
        newId('evt'),
        event.deviceId,
        event.type,
        JSON.stringify(event.details),
        event.diagnosticId ?? null,
        event.occurredAt,
      ],
    );
  }

  /** Newest first. */
  async newest(manager: EntityManager, tenantId: string, deviceId: string, limit: number): Promise<DeviceEvent[]> {
    const rows = await manager.query<(Omit<DeviceEvent, 'occurred_at'> & { occurred_at: Date })[]>(
      `select id, type, details, diagnostic_id, occurred_at from device_events
       where tenant_id = $1 and device_id = $2 order by occurred_at desc, id desc limit $3`,
      [tenantId, deviceId, limit],
    );
    return rows.map((row) => ({ ...row, occurred_at: row.occurred_at.toISOString() }));
  }
}
