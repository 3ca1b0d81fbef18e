import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  diagnosticDeleted,
  idSchema,
  Problem,
  requireVersion,
  type DeleteDiagnostic,
  type Diagnostic,
  type Measurement,
  type PatchDiagnostic,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { DevicesService } from '../devices/devices.service.js';
import { measurementsOf } from '../measurements/measurements-of.js';
import { MeasurementsRepository } from '../measurements/measurements.repository.js';
import { readEvidence, scoreEvidence } from '../scoring/index.js';
import { tenantOfCaller } from './caller.js';
import { DiagnosticCache } from './diagnostic-cache.js';
import { isOpen } from './diagnostic-requests.service.js';
import { toDiagnostic } from './diagnostic-view.js';
import { DiagnosticWrites } from './diagnostic-writes.repository.js';
import type { DiagnosticRow } from './diagnostic.entity.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';

const diagnosticId = idSchema('dgn');

/** What people may do to a diagnostic: say something of it, cancel it before it has evidence, delete it. Each is on record. */
@Injectable()
export class DiagnosticEdits {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly diagnostics: DiagnosticsRepository,
    private readonly writes: DiagnosticWrites,
    private readonly devices: DevicesService,
    private readonly measurements: MeasurementsRepository,
    private readonly cache: DiagnosticCache,
    private readonly audit: AuditRecorder,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Problem `diagnostic-not-found`, `precondition-failed`, `diagnostic-not-open` */
  async change(request: PatchDiagnostic): Promise<Diagnostic> {
    return this.once('PATCH', request, async (manager, before) => {
      const { change } = request;
      if (change.status !== undefined && !isOpen(before)) throw new Problem('diagnostic-not-open');
      const after: DiagnosticRow = {
        ...before,
        ...(change.notes !== undefined && { notes: change.notes }),
        ...(change.tags !== undefined && { tags: change.tags }),
        ...(change.status !== undefined && { status: change.status }),
        version: before.version + 1,
        updated_at: new Date(),
      };
      const changed = Object.keys(change) as (keyof typeof change)[];
      await Promise.all([
        this.writes.edit(manager, after),
        this.audit.record(manager, {
          event_type: 'DIAGNOSTIC_UPDATED',
          resource_id: before.id,
          success: true,
          details: { before: pick(before, changed), after: pick(after, changed) },
        }),
      ]);
      return toDiagnostic(after, ['findings']);
    });
  }

  /** With its evidence and its samples; its findings stay, they are the device's. @throws Problem like `change` */
  async remove(request: DeleteDiagnostic): Promise<null> {
    return this.once('DELETE', request, async (manager, row) => {
      const { tenant_id: tenantId, id, device_id: deviceId, type, status, score, band } = row;
      const seenAt = seenAtOf(row);
      const samples = seenAt ? await this.takeSamples(manager, row, seenAt) : [];
      await Promise.all([
        this.writes.remove(manager, tenantId, id),
        this.devices.diagnosticDeleted(manager, tenantId, deviceId),
        this.audit.record(manager, {
          event_type: 'DIAGNOSTIC_DELETED',
          resource_id: id,
          success: true,
          details: { diagnostic_type: type, status, device_id: deviceId, collected_at: row.collected_at, score },
        }),
        this.outbox.append(manager, diagnosticDeleted, {
          diagnostic_id: id,
          device_id: deviceId,
          type,
          status,
          seen_at: seenAt?.toISOString() ?? null,
          score,
          band,
          measurements: samples,
        }),
      ]);
      return null;
    });
  }

  /** The samples that go; those that only the rollups still hold are read from the evidence again. */
  private async takeSamples(manager: EntityManager, row: DiagnosticRow, at: Date): Promise<Measurement[]> {
    const { tenant_id: tenantId, id: diagnosticId, device_id: deviceId, schema_version: schemaVersion, score } = row;
    const raw = await this.measurements.remove(manager, { tenantId, deviceId, diagnosticId, at });
    if (raw.length > 0) return raw;
    const sections = await this.diagnostics.findSections(manager, tenantId, diagnosticId, true);
    return measurementsOf({ ...scoreEvidence(readEvidence(sections, at, { schemaVersion })), score });
  }

  /** Once under its key, on the version that the caller has seen, and out of the cache of everybody. */
  private async once<T>(
    verb: 'PATCH' | 'DELETE',
    request: PatchDiagnostic | DeleteDiagnostic,
    work: (manager: EntityManager, row: DiagnosticRow) => Promise<T>,
  ): Promise<T> {
    const { id, if_match } = request;
    if (!diagnosticId.safeParse(id).success) throw new Problem('diagnostic-not-found');
    const scope = { route: `${verb} /api/v1/diagnostics/{id}`, requestBody: request };
    const { value } = await this.cache.change(id, () =>
      this.database.write((manager) =>
        this.idempotency.once(manager, scope, async () => {
          const row = await this.hold(manager, id);
          requireVersion(row.version, if_match);
          return work(manager, row);
        }),
      ),
    );
    return value;
  }

  /** Held until the transaction ends. The device comes first, as with a diagnostic that comes in: nobody waits crosswise. */
  private async hold(manager: EntityManager, id: string): Promise<DiagnosticRow> {
    const tenantId = tenantOfCaller();
    const seen = await this.diagnostics.find(manager, tenantId, id);
    if (!seen) throw new Problem('diagnostic-not-found');
    await this.devices.resolve(manager, tenantId, { device_id: seen.device_id });
    const held = await this.diagnostics.findToChange(manager, tenantId, id);
    if (!held) throw new Problem('diagnostic-not-found');
    return held;
  }
}

/** Rows of the release before this one do not say it themselves. */
export function seenAtOf({ seen_at, collected_at, received_at }: DiagnosticRow): Date | null {
  if (seen_at) return seen_at;
  return collected_at && received_at && collected_at > received_at ? received_at : collected_at;
}

function pick(row: DiagnosticRow, keys: readonly ('notes' | 'tags' | 'status')[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, row[key]]));
}
