import { Injectable } from '@nestjs/common';
import type { ListDiagnosticsQuery, StoredSection } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { DiagnosticSectionRow } from './diagnostic-section.entity.js';
import { toStoredSection } from './diagnostic-view.js';
import { DiagnosticRow } from './diagnostic.entity.js';

type Filters = Omit<ListDiagnosticsQuery, 'limit' | 'cursor'>;

/** Diagnostics and their evidence, read. */
@Injectable()
export class DiagnosticsRepository {
  find(manager: EntityManager, tenantId: string, id: string): Promise<DiagnosticRow | null> {
    return manager.findOneBy(DiagnosticRow, { tenant_id: tenantId, id });
  }

  /** Held against others who would change it, until the transaction ends. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<DiagnosticRow | null> {
    return manager.findOne(DiagnosticRow, {
      where: { tenant_id: tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** With what was judged. */
  findWithReadings(manager: EntityManager, tenantId: string, ids: readonly string[]): Promise<DiagnosticRow[]> {
    return manager
      .createQueryBuilder(DiagnosticRow, 'd')
      .addSelect('d.readings')
      .where('d.tenant_id = :tenantId and d.id = any(:ids)', { tenantId, ids })
      .getMany();
  }

  /** Where thresholds are looked for: the device, and the site that it is at now. */
  async placeOf(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
  ): Promise<{ deviceId: string; siteId: string | null }> {
    const [device] = await manager.query<{ site_id: string | null }[]>(
      'select site_id from devices where tenant_id = $1 and id = $2',
      [tenantId, deviceId],
    );
    return { deviceId, siteId: device?.site_id ?? null };
  }

  /** Sections by name; their data, which may be a megabyte, only when asked for. */
  async findSections(
    manager: EntityManager,
    tenantId: string,
    id: string,
    raw: boolean,
  ): Promise<Record<string, StoredSection>> {
    const rows = await manager.find(DiagnosticSectionRow, {
      where: { tenant_id: tenantId, diagnostic_id: id },
      select: { name: true, status: true, collected_ms: true, error: true, note: true, data: raw },
      order: { name: 'ASC' },
    });
    return Object.fromEntries(rows.map((row) => [row.name, toStoredSection(row)]));
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    filters: Filters,
    limit: number,
    after?: PagePosition,
  ): Promise<DiagnosticRow[]> {
    const query = manager.createQueryBuilder(DiagnosticRow, 'd').where('d.tenant_id = :tenantId', { tenantId });
    if (filters.device_id !== undefined) query.andWhere('d.device_id = :device_id', filters);
    if (filters.type !== undefined) query.andWhere('d.type = :type', filters);
    if (filters.status !== undefined) query.andWhere('d.status = :status', filters);
    if (filters.severity !== undefined) query.andWhere(':severity = any(d.severities)', filters);
    if (filters.band !== undefined) query.andWhere('d.band = :band', filters);
    // What is said of both is said of either: so the order can come from the tags, which know few diagnostics.
    if (filters.tag !== undefined) query.innerJoin('diagnostic_tags', 't', OF_TAG, filters);
    if (filters.partial !== undefined) query.andWhere('d.partial = :partial', { partial: filters.partial === 'true' });
    if (filters.site_id !== undefined) query.andWhere(`d.device_id in (${OF_SITE})`, filters);
    if (filters.customer_id !== undefined) query.andWhere(`d.device_id in (${OF_CUSTOMER})`, filters);
    if (filters.from !== undefined) query.andWhere('d.created_at >= :from', { from: new Date(filters.from) });
    if (filters.to !== undefined) query.andWhere('d.created_at < :to', { to: new Date(filters.to) });
    if (after) query.andWhere('(d.created_at, d.id) < (:createdAt::timestamptz, :id)', after);
    if (after && filters.tag !== undefined)
      query.andWhere('(t.created_at, t.diagnostic_id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('d.created_at', 'DESC')
      .addOrderBy('d.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}

const OF_TAG = 't.tenant_id = :tenantId and t.tag = :tag and t.created_at = d.created_at and t.diagnostic_id = d.id';
const OF_SITE = 'select id from devices where tenant_id = :tenantId and site_id = :site_id';
const OF_CUSTOMER = `select device.id from devices device
  join sites site on site.tenant_id = device.tenant_id and site.id = device.site_id
  where device.tenant_id = :tenantId and site.tenant_id = :tenantId and site.customer_id = :customer_id`;
