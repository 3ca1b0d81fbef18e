import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  nameOf,
  Problem,
  requireVersion,
  type AnomalyFeedback,
  type DeviceAnomaly,
  type IfMatch,
  type JudgedAnomaly,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../caller.js';
import { AnomaliesRepository } from './anomalies.repository.js';
import type { AnomalyRow } from './anomaly.entity.js';
import { toDeviceAnomaly } from './shown-anomaly.js';

const anomalyId = idSchema('anm');
const ROUTE = 'POST /api/v3/ai/anomalies/{id}/feedback';

/** Which anomaly, what of it the caller has read, and what they say. */
export interface JudgeAnomaly {
  readonly id: string;
  readonly if_match?: IfMatch;
  readonly body: AnomalyFeedback;
}

/** What people say of anomalies. The next samples of the series are judged by it: see feedback.ts. */
@Injectable()
export class AnomalyFeedbackService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly anomalies: AnomaliesRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `anomaly-not-found`, `precondition-failed` */
  async judge({ id, if_match, body }: JudgeAnomaly): Promise<JudgedAnomaly> {
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route: ROUTE, requestBody: { id, body } }, () =>
        this.change(manager, id, if_match, body),
      ),
    );
    return { anomaly: value, replayed };
  }

  private async change(
    manager: EntityManager,
    id: string,
    ifMatch: IfMatch,
    { verdict }: AnomalyFeedback,
  ): Promise<DeviceAnomaly> {
    const before = await this.held(manager, id);
    requireVersion(before.version, ifMatch);
    if (before.verdict === verdict) return toDeviceAnomaly(before);
    const principal = currentContext()?.principal;
    assert(principal, 'a command without a principal');
    const now = new Date();
    const after: AnomalyRow = {
      ...before,
      // What is normal does not go on.
      state: verdict === 'false_positive' ? 'closed' : before.state,
      verdict,
      verdict_by: nameOf(principal),
      verdict_at: now,
      version: before.version + 1,
      updated_at: now,
    };
    await this.anomalies.judge(manager, after);
    const { device_id, metric, instance, kind } = before;
    await this.audit.record(manager, {
      event_type: 'ANOMALY_JUDGED',
      resource_id: id,
      success: true,
      details: { device_id, metric, instance, kind, before: before.verdict, after: verdict },
    });
    return toDeviceAnomaly(after);
  }

  /** As it is while nobody else writes of its device: diagnostics are scored under the same lock. */
  private async held(manager: EntityManager, id: string): Promise<AnomalyRow> {
    const tenantId = tenantOfCaller();
    const find = () => (anomalyId.safeParse(id).success ? this.anomalies.find(manager, tenantId, id) : null);
    const found = await find();
    if (!found) throw new Problem('anomaly-not-found');
    await this.anomalies.lockDevice(manager, tenantId, found.device_id);
    const held = await find();
    if (!held) throw new Problem('anomaly-not-found');
    return held;
  }
}
