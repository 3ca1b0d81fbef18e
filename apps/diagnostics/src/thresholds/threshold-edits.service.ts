import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  newId,
  Problem,
  requireVersion,
  type CreatedThreshold,
  type CreateThreshold,
  type DeleteThreshold,
  type PatchThreshold,
  type Threshold,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../diagnostics/caller.js';
import type { ThresholdRow } from './threshold.entity.js';
import { ThresholdsRepository, toThreshold } from './thresholds.repository.js';
import { ThresholdsService } from './thresholds.service.js';

const thresholdId = idSchema('thr');

/** Overrides are made, changed and taken back, each time with a line in the audit. What is judged from then on is judged by them. */
@Injectable()
export class ThresholdEdits {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly thresholds: ThresholdsRepository,
    private readonly service: ThresholdsService,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `threshold-exists`, `site-not-found`, `device-not-found`, `validation-failed` */
  async create(body: CreateThreshold): Promise<CreatedThreshold> {
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route: 'POST /api/v1/thresholds', requestBody: body }, () =>
        this.store(manager, body),
      ),
    );
    return { threshold: value, replayed };
  }

  /** @throws Problem `threshold-not-found`, `precondition-failed`, `validation-failed` */
  async change({ id, change, if_match }: PatchThreshold): Promise<Threshold> {
    const requestBody = { id, change, if_match };
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route: 'PATCH /api/v1/thresholds/{id}', requestBody }, async () => {
        const before = await this.findToChange(manager, id);
        requireVersion(before.version, if_match);
        const after: ThresholdRow = {
          ...before,
          ...(change.levels !== undefined && { levels: change.levels ?? {} }),
          ...(change.fails_before_alert !== undefined && { fails_before_alert: change.fails_before_alert }),
          ...(change.enabled !== undefined && { enabled: change.enabled }),
          version: before.version + 1,
          updated_at: new Date(),
        };
        requireWord(after);
        await this.service.requireSound(manager, after);
        await this.thresholds.update(manager, after);
        await this.record(manager, id, toThreshold(before), toThreshold(after));
        return toThreshold(after);
      }),
    );
    return value;
  }

  /** @throws Problem `threshold-not-found`, `precondition-failed` */
  async remove({ id, if_match }: DeleteThreshold): Promise<null> {
    const requestBody = { id, if_match };
    await this.database.write((manager) =>
      this.idempotency.once(manager, { route: 'DELETE /api/v1/thresholds/{id}', requestBody }, async () => {
        const before = await this.findToChange(manager, id);
        requireVersion(before.version, if_match);
        await this.thresholds.remove(manager, before.tenant_id, id);
        await this.record(manager, id, toThreshold(before), null);
        return null;
      }),
    );
    return null;
  }

  private async store(manager: EntityManager, body: CreateThreshold): Promise<Threshold> {
    const now = new Date();
    const row: ThresholdRow = {
      tenant_id: tenantOfCaller(),
      id: newId('thr'),
      scope: body.scope,
      site_id: body.site_id ?? null,
      device_id: body.device_id ?? null,
      code: body.code,
      levels: body.levels,
      fails_before_alert: body.fails_before_alert ?? null,
      enabled: body.enabled ?? null,
      version: 1,
      created_at: now,
      updated_at: now,
    };
    await this.thresholds.hold(manager, row);
    await this.service.requireSound(manager, row);
    if (!(await this.thresholds.insert(manager, row))) throw new Problem('threshold-exists');
    await this.record(manager, row.id, null, toThreshold(row));
    return toThreshold(row);
  }

  private async findToChange(manager: EntityManager, id: string): Promise<ThresholdRow> {
    const found = thresholdId.safeParse(id).success
      ? await this.thresholds.findToChange(manager, tenantOfCaller(), id)
      : null;
    if (!found) throw new Problem('threshold-not-found');
    return found;
  }

  private record(manager: EntityManager, id: string, before: Threshold | null, after: Threshold | null): Promise<void> {
    return this.audit.record(manager, {
      event_type: 'CONFIG_CHANGED',
      resource_id: id,
      success: true,
      details: { setting: 'threshold', before, after },
    });
  }
}

/** An override that says nothing is none: the contract keeps it from being made, this from being left over by a change. */
function requireWord({ levels, fails_before_alert, enabled }: ThresholdRow): void {
  if (Object.keys(levels).length > 0 || fails_before_alert !== null || enabled !== null) return;
  throw new Problem('validation-failed', { errors: [{ pointer: '', detail: 'overrides nothing: delete it instead' }] });
}
