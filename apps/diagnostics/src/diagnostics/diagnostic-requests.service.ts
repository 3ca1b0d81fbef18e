import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  nameOf,
  newId,
  Problem,
  type CreatedDiagnostic,
  type Diagnostic,
  type RequestDiagnostic,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { DevicesService } from '../devices/devices.service.js';
import { KNOWN_SCHEMA_VERSION } from '../scoring/index.js';
import { tenantOfCaller } from './caller.js';
import { toDiagnostic } from './diagnostic-view.js';
import { DiagnosticWrites } from './diagnostic-writes.repository.js';
import type { DiagnosticRow } from './diagnostic.entity.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';

/** Diagnostics that somebody asked a device for: made without evidence, and fulfilled by the POST that names them. */
@Injectable()
export class DiagnosticRequests {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly diagnostics: DiagnosticsRepository,
    private readonly writes: DiagnosticWrites,
    private readonly devices: DevicesService,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `device-not-found` */
  async request(body: RequestDiagnostic): Promise<CreatedDiagnostic> {
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route: 'diagnostics.request', requestBody: body }, () =>
        this.open(manager, tenantOfCaller(), body),
      ),
    );
    return { diagnostic: value, replayed };
  }

  /**
   * The requested diagnostic that a POST fulfils, held until its transaction ends: of two such POSTs one wins.
   * @throws Problem `diagnostic-not-found` where that device has none of that id, `diagnostic-not-open` where it waits no more
   */
  async claim(
    manager: EntityManager,
    tenantId: string,
    id: string | undefined,
    deviceId: string,
    at: Date,
  ): Promise<DiagnosticRow | null> {
    if (id === undefined) return null;
    const row = await this.diagnostics.findToChange(manager, tenantId, id);
    if (row?.device_id !== deviceId) throw new Problem('diagnostic-not-found');
    if (!isOpen(row) || (row.expires_at && row.expires_at <= at)) throw new Problem('diagnostic-not-open');
    return row;
  }

  private async open(
    manager: EntityManager,
    tenantId: string,
    { device_id, type, expires_in_s }: RequestDiagnostic,
  ): Promise<Diagnostic> {
    const { id: deviceId } = await this.devices.resolve(manager, tenantId, { device_id });
    const now = new Date();
    const row: DiagnosticRow = {
      ...WITHOUT_EVIDENCE,
      tenant_id: tenantId,
      id: newId('dgn'),
      device_id: deviceId,
      type,
      created_at: now,
      updated_at: now,
      requested_by: nameOfCaller(),
      expires_at: new Date(now.getTime() + expires_in_s * 1_000),
    };
    await Promise.all([
      this.writes.insert(manager, row),
      this.audit.record(manager, {
        event_type: 'DIAGNOSTIC_REQUESTED',
        resource_id: row.id,
        success: true,
        details: { diagnostic_type: type, device_id: deviceId, expires_at: row.expires_at },
      }),
    ]);
    return toDiagnostic(row, ['findings']);
  }
}

/** Whether it still waits for its evidence. */
export function isOpen({ status }: DiagnosticRow): boolean {
  return status === 'requested' || status === 'collecting';
}

const WITHOUT_EVIDENCE = {
  status: 'requested',
  partial: false,
  collected_at: null,
  received_at: null,
  seen_at: null,
  clock_skew_ms: null,
  duration_ms: null,
  schema_version: KNOWN_SCHEMA_VERSION,
  scoring_version: null,
  agent: null,
  score: null,
  band: null,
  coverage: null,
  health: null,
  findings: [],
  severities: [],
  notes: null,
  tags: [],
  version: 1,
  readings: null,
} satisfies Partial<DiagnosticRow>;

/** The person, the API key or the service at work. */
function nameOfCaller(): string | null {
  const principal = currentContext()?.principal;
  return principal && principal.kind !== 'agent' ? nameOf(principal) : null;
}
