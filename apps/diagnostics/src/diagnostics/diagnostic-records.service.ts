import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { diagnosticCompleted, newId, Problem, type CreateDiagnostic, type Diagnostic } from '@techze/contracts';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { DevicesService } from '../devices/devices.service.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import type { Scoring } from '../scoring/index.js';
import type { DiagnosticSectionRow } from './diagnostic-section.entity.js';
import type { DiagnosticRow } from './diagnostic.entity.js';
import { DiagnosticsRepository, toDiagnostic } from './diagnostics.repository.js';
import { isPartial, toFindings, toHealth } from './verdict.js';

/** When a diagnostic was collected by the device's clock, when it came in, and what its sights are ordered by. */
export interface DiagnosticTimes {
  readonly collectedAt: Date;
  readonly receivedAt: Date;
  /** The earlier of both: a clock that is ahead must not freeze the device's state. */
  readonly seenAt: Date;
}

/** A scored diagnostic becomes rows: device, findings, diagnostic, evidence, audit and event, all in the caller's transaction. */
@Injectable()
export class DiagnosticRecords {
  constructor(
    private readonly diagnostics: DiagnosticsRepository,
    private readonly devices: DevicesService,
    private readonly findings: FindingsRepository,
    private readonly audit: AuditRecorder,
    private readonly outbox: Outbox,
  ) {}

  async store(
    manager: EntityManager,
    tenantId: string,
    body: CreateDiagnostic,
    scoring: Scoring,
    { collectedAt, receivedAt, seenAt }: DiagnosticTimes,
  ): Promise<Diagnostic> {
    const id = newId('dgn');
    // Nothing can be requested yet, so there is nothing that could be fulfilled.
    if (body.diagnostic_id !== undefined) throw new Problem('diagnostic-not-found');
    const deviceId = await this.devices.resolve(manager, tenantId, body);
    const histories = await this.findings.note(manager, {
      tenantId,
      deviceId,
      diagnosticId: id,
      seenAt,
      findings: scoring.findings,
    });
    const row: DiagnosticRow = {
      tenant_id: tenantId,
      id,
      device_id: deviceId,
      type: body.type,
      status: 'completed',
      partial: isPartial(body.sections, scoring),
      collected_at: collectedAt,
      received_at: receivedAt,
      created_at: receivedAt,
      duration_ms: body.duration_ms ?? null,
      schema_version: body.schema_version,
      scoring_version: scoring.scoring_version,
      agent: body.agent ?? null,
      score: scoring.score,
      band: scoring.band,
      coverage: scoring.coverage,
      health: toHealth(scoring, histories),
      findings: toFindings(scoring, histories),
      severities: [...new Set(scoring.findings.map(({ severity }) => severity))],
      notes: body.notes ?? null,
      tags: body.tags,
    };
    await this.diagnostics.insert(manager, row, sectionRows(tenantId, id, body, scoring));
    await this.devices.noteDiagnostic(manager, {
      tenantId,
      deviceId,
      diagnosticId: id,
      seenAt,
      receivedAt,
      description: body.device,
    });
    await this.audit.record(manager, {
      event_type: 'DIAGNOSTIC_CREATED',
      resource_id: id,
      success: true,
      details: { diagnostic_type: body.type, duration_ms: row.duration_ms, device_id: deviceId, score: row.score },
    });
    await this.outbox.append(manager, diagnosticCompleted, {
      diagnostic_id: id,
      device_id: deviceId,
      type: body.type,
      collected_at: collectedAt.toISOString(),
      score: scoring.score,
      band: scoring.band,
      coverage: scoring.coverage,
      scoring_version: scoring.scoring_version,
    });
    return toDiagnostic(row, ['findings']);
  }
}

/** Evidence as it came; a section with a value that could not be used says so, and is no longer "ok". */
function sectionRows(
  tenantId: string,
  diagnosticId: string,
  body: CreateDiagnostic,
  scoring: Scoring,
): DiagnosticSectionRow[] {
  return Object.entries(body.sections).map(([name, section]) => {
    const notes = scoring.section_notes.filter((each) => each.section === name).map((each) => each.note);
    const note = notes.length > 0 ? notes.join('; ') : null;
    return {
      tenant_id: tenantId,
      diagnostic_id: diagnosticId,
      name,
      status: note === null || section.status !== 'ok' ? section.status : 'error',
      collected_ms: section.collected_ms ?? null,
      data: section.data ?? null,
      error: section.error ?? null,
      note,
    };
  });
}
