import { Injectable } from '@nestjs/common';
import type { Diagnostic, DiagnosticInclude, ListDiagnosticsQuery, StoredSection } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { DiagnosticSectionRow } from './diagnostic-section.entity.js';
import { DiagnosticRow } from './diagnostic.entity.js';

type Filters = Omit<ListDiagnosticsQuery, 'limit' | 'cursor'>;

/** Diagnostics and their evidence as rows. */
@Injectable()
export class DiagnosticsRepository {
  async insert(
    manager: EntityManager,
    diagnostic: DiagnosticRow,
    sections: readonly DiagnosticSectionRow[],
  ): Promise<void> {
    await manager.insert(DiagnosticRow, diagnostic);
    await manager.insert(DiagnosticSectionRow, [...sections]);
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<DiagnosticRow | null> {
    return manager.findOneBy(DiagnosticRow, { tenant_id: tenantId, id });
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
    if (filters.from !== undefined) query.andWhere('d.created_at >= :from', { from: new Date(filters.from) });
    if (filters.to !== undefined) query.andWhere('d.created_at < :to', { to: new Date(filters.to) });
    if (after) query.andWhere('(d.created_at, d.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('d.created_at', 'DESC')
      .addOrderBy('d.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}

function toStoredSection({ status, collected_ms, data, error, note }: DiagnosticSectionRow): StoredSection {
  return {
    status,
    ...(collected_ms !== null && { collected_ms }),
    ...(error !== null && { error }),
    ...(note !== null && { note }),
    ...(data && { data: data as Record<string, unknown> }),
  };
}

/** A row as the API shows it. */
export function toDiagnostic(row: DiagnosticRow, include: readonly DiagnosticInclude[]): Diagnostic {
  const {
    tenant_id: _tenant,
    score: _score,
    band: _band,
    coverage: _coverage,
    severities: _severities,
    findings,
    ...rest
  } = row;
  return {
    ...rest,
    collected_at: row.collected_at.toISOString(),
    received_at: row.received_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    ...(include.includes('findings') && { findings }),
  };
}
