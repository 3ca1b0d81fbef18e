import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  Problem,
  type Diagnostic,
  type DiagnosticInclude,
  type DiagnosticPage,
  type GetDiagnostic,
  type ListDiagnosticsQuery,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from './caller.js';
import { DiagnosticCache } from './diagnostic-cache.js';
import { toDiagnostic } from './diagnostic-view.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';

const LIST = 'diagnostics';
const diagnosticId = idSchema('dgn');

/** Shows diagnostics. */
@Injectable()
export class DiagnosticReads {
  constructor(
    private readonly database: Database,
    private readonly diagnostics: DiagnosticsRepository,
    private readonly cache: DiagnosticCache,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `diagnostic-not-found`, the same for an unknown id and for another tenant's */
  async get({ id, include }: GetDiagnostic): Promise<Diagnostic> {
    // What cannot be an id is asked of nobody: neither cache nor database keeps anything for it.
    if (!diagnosticId.safeParse(id).success) throw new Problem('diagnostic-not-found');
    if (include.includes('raw')) return this.getRaw(id, include);
    if (include.includes('sections')) return this.database.read((manager) => this.load(manager, id, include));
    const { findings, ...bare } = await this.cache.get(id, () =>
      this.database.read((manager) => this.load(manager, id, ['findings'])),
    );
    return include.includes('findings') ? { ...bare, findings } : bare;
  }

  async list({ limit, cursor, ...filters }: ListDiagnosticsQuery): Promise<DiagnosticPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.diagnostics.list(manager, tenantOfCaller(), filters, limit, after),
    );
    const page = rows.map((row) => toDiagnostic(row, ['findings']));
    return toPage(page, limit, LIST, this.cursors, ({ created_at, id }) => ({ createdAt: created_at, id }));
  }

  /** Raw evidence is sensitive: the read is on record before it is answered, so it needs the primary. */
  private getRaw(id: string, include: readonly DiagnosticInclude[]): Promise<Diagnostic> {
    return this.database.write(async (manager) => {
      const diagnostic = await this.load(manager, id, include);
      await this.audit.record(manager, {
        event_type: 'DIAGNOSTIC_READ',
        resource_id: id,
        success: true,
        details: { include },
      });
      return diagnostic;
    });
  }

  private async load(manager: EntityManager, id: string, include: readonly DiagnosticInclude[]): Promise<Diagnostic> {
    const tenantId = tenantOfCaller();
    const row = await this.diagnostics.find(manager, tenantId, id);
    if (!row) throw new Problem('diagnostic-not-found');
    const diagnostic = toDiagnostic(row, include);
    if (!include.includes('sections') && !include.includes('raw')) return diagnostic;
    return {
      ...diagnostic,
      sections: await this.diagnostics.findSections(manager, tenantId, id, include.includes('raw')),
    };
  }
}
