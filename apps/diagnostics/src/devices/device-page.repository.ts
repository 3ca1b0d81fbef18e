import { Injectable } from '@nestjs/common';
import type { Band, DevicePage, DiagnosticType, Hardware, Health } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { DeviceEventsRepository } from './device-events.repository.js';
import { selectShown, type ShownRow } from './shown-device.js';

const FINDINGS_MAX = 50;
const DIAGNOSTICS_MAX = 30;
const EVENTS_MAX = 20;

type FindingRow = Omit<DevicePage['findings'][number], 'first_seen' | 'last_seen'> & {
  first_seen: Date;
  last_seen: Date;
};

export interface PastDiagnostic {
  readonly id: string;
  readonly type: DiagnosticType;
  readonly collected_at: Date;
  readonly score: number | null;
  readonly band: Band;
}

/** Everything that a device's page shows, as rows. */
@Injectable()
export class DevicePageRepository {
  constructor(private readonly events: DeviceEventsRepository) {}

  /** Five questions in one round trip. */
  async load(manager: EntityManager, tenantId: string, id: string) {
    const of = [tenantId, id];
    const [[device], [newest], findings, diagnostics, events] = await Promise.all([
      manager.query<ShownRow[]>(selectShown('d.id = $2'), of),
      manager.query<{ hardware: Hardware | null; health: Health | null }[]>(NEWEST, of),
      manager.query<FindingRow[]>(OPEN_FINDINGS, of),
      manager.query<PastDiagnostic[]>(DIAGNOSTICS, of),
      this.events.newest(manager, tenantId, id, EVENTS_MAX),
    ]);
    return { device, newest, findings, diagnostics, events };
  }
}

const NEWEST = `
  select d.hardware, g.health from devices d
  left join diagnostics g on g.tenant_id = $1 and g.id = d.latest_diagnostic_id
  where d.tenant_id = $1 and d.id = $2`;

const OPEN_FINDINGS = `
  select id, key, category, code, severity, title, evidence, points, state, first_seen, last_seen, occurrences
  from findings where tenant_id = $1 and device_id = $2 and state = 'open'
  order by array_position(array['critical', 'warning', 'info'], severity), last_seen desc, id desc
  limit ${FINDINGS_MAX}`;

// Newest by the time they came in, which has an index; shown by the time they were collected.
const DIAGNOSTICS = `
  select id, type, collected_at, score, band from (
    select id, type, collected_at, score, band, coalesce(seen_at, collected_at) as seen_at from diagnostics
    where tenant_id = $1 and device_id = $2 and status = 'completed'
    order by created_at desc, id desc limit ${DIAGNOSTICS_MAX}) as newest
  order by seen_at desc, id desc`;
