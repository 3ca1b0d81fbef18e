import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { diagnosticCompleted, newId, type CreateDiagnostic, type Diagnostic } from '@techze/contracts';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import type { ResolvedDevice } from '../devices/device-matching.repository.js';
import { DevicesService } from '../devices/devices.service.js';
import { FindingsService } from '../findings/findings.service.js';
import { measurementsOf } from '../measurements/measurements-of.js';
import { MeasurementsRepository } from '../measurements/measurements.repository.js';
import { scoreEvidence, type Evidence, type Scoring } from '../scoring/index.js';
import { ThresholdsService } from '../thresholds/thresholds.service.js';
import { DiagnosticRequests } from './diagnostic-requests.service.js';
import type { DiagnosticSectionRow } from './diagnostic-section.entity.js';
import type { DiagnosticTimes } from './diagnostic-times.js';
import { toDiagnostic } from './diagnostic-view.js';
import { DiagnosticWrites } from './diagnostic-writes.repository.js';
import type { DiagnosticRow } from './diagnostic.entity.js';
import { isPartial, toFindings, toHealth } from './verdict.js';

/** Evidence becomes a diagnostic: device, verdict, findings, rows, samples, audit and event, all in the caller's transaction. */
@Injectable()
export class DiagnosticRecords {
  constructor(
    private readonly writes: DiagnosticWrites,
    private readonly requests: DiagnosticRequests,
    private readonly devices: DevicesService,
    private readonly thresholds: ThresholdsService,
    private readonly findings: FindingsService,
    private readonly measurements: MeasurementsRepository,
    private readonly audit: AuditRecorder,
    private readonly outbox: Outbox,
  ) {}

  async store(
    manager: EntityManager,
    tenantId: string,
    body: CreateDiagnostic,
    evidence: Evidence,
    times: DiagnosticTimes,
  ): Promise<Diagnostic> {
    const device = await this.devices.resolve(manager, tenantId, body, times.seenAt);
    const { id: deviceId, site_id: siteId } = device;
    const [requested, { policy, failsBeforeAlert }] = await Promise.all([
      this.requests.claim(manager, tenantId, body.diagnostic_id, deviceId, times.receivedAt),
      this.thresholds.inForce(manager, tenantId, { deviceId, siteId }),
    ]);
    const id = requested?.id ?? newId('dgn');
    const scoring = scoreEvidence(evidence, policy);
    const histories = await this.findings.note(manager, {
      tenantId,
      deviceId,
      siteId,
      tags: device.tags,
      newestSeenAt: device.latest_collected_at,
      diagnosticId: id,
      seenAt: times.seenAt,
      receivedAt: times.receivedAt,
      scoring,
      policy,
      failsBeforeAlert,
    });
    const row: DiagnosticRow = {
      ...rowOf(body, scoring, times),
      notes: body.notes ?? requested?.notes ?? null,
      tags: [...new Set([...(requested?.tags ?? []), ...body.tags])],
      tenant_id: tenantId,
      id,
      device_id: deviceId,
      created_at: requested?.created_at ?? times.receivedAt,
      requested_by: requested?.requested_by ?? null,
      version: (requested?.version ?? 0) + 1,
      health: toHealth(scoring, histories),
      findings: toFindings(scoring, histories),
    };
    await this.write(manager, row, device, body, scoring, times, requested !== null);
    return toDiagnostic(row, ['findings']);
  }

  /** None of these waits for another's answer: they share one round trip, and are done in this order. */
  private async write(
    manager: EntityManager,
    row: DiagnosticRow,
    device: ResolvedDevice,
    body: CreateDiagnostic,
    scoring: Scoring,
    { seenAt, receivedAt }: DiagnosticTimes,
    requested: boolean,
  ): Promise<void> {
    const { tenant_id: tenantId, id: diagnosticId, device_id: deviceId, type, score, duration_ms } = row;
    const samples = measurementsOf(scoring);
    await Promise.all([
      requested ? this.writes.fulfil(manager, row) : this.writes.insert(manager, row),
      this.writes.addTags(manager, row),
      this.writes.insertSections(manager, sectionRows(tenantId, diagnosticId, body, scoring)),
      this.measurements.insert(manager, { tenantId, deviceId, diagnosticId, at: seenAt }, samples),
      this.devices.noteDiagnostic(manager, tenantId, device, {
        diagnosticId,
        seenAt,
        receivedAt,
        description: body.device,
        agent: body.agent,
        sections: body.sections,
        scoring,
      }),
      this.audit.record(manager, {
        event_type: 'DIAGNOSTIC_CREATED',
        resource_id: diagnosticId,
        success: true,
        details: { diagnostic_type: type, duration_ms, device_id: deviceId, score },
      }),
      this.outbox.append(manager, diagnosticCompleted, {
        diagnostic_id: diagnosticId,
        device_id: deviceId,
        type,
        collected_at: new Date(body.collected_at).toISOString(),
        seen_at: seenAt.toISOString(),
        score,
        band: scoring.band,
        coverage: scoring.coverage,
        scoring_version: scoring.scoring_version,
        requested,
        measurements: samples,
      }),
    ]);
  }
}

function rowOf(
  body: CreateDiagnostic,
  scoring: Scoring,
  { collectedAt, receivedAt, seenAt, clockSkewMs }: DiagnosticTimes,
) {
  const { score, band, coverage, scoring_version, readings } = scoring;
  return {
    type: body.type,
    status: 'completed',
    partial: isPartial(body.sections, scoring),
    collected_at: collectedAt,
    received_at: receivedAt,
    seen_at: seenAt,
    clock_skew_ms: clockSkewMs,
    duration_ms: body.duration_ms ?? null,
    schema_version: body.schema_version,
    agent: body.agent ?? null,
    scoring_version,
    score,
    band,
    coverage,
    readings,
    severities: [...new Set(scoring.findings.map(({ severity }) => severity))],
    expires_at: null,
    updated_at: receivedAt,
  } satisfies Partial<DiagnosticRow>;
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
