import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  nameOf,
  Problem,
  recommendationId,
  Recommendations as Answer,
  type Dismissal,
  type DismissedRecommendation,
  type dismissRecommendation,
  type listRecommendations,
  type Recommendation,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { tenantOfCaller } from '../caller.js';
import { Computations } from '../workers/computations.service.js';
import { deviceMark, markIn } from './recommendation-id.js';
import { RecommendationsRepository } from './recommendations.repository.js';

const knownDeviceId = idSchema('dev');

/** What is worth doing on a device, or on all of them. Computed anew each time: only dismissals are kept. */
@Injectable()
export class RecommendationsService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly repository: RecommendationsRepository,
    private readonly computations: Computations,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `device-not-found`, the same for an unknown id and another tenant's */
  async list({ device_id, limit, language }: z.infer<typeof listRecommendations.request>): Promise<Answer> {
    const tenantId = tenantOfCaller();
    if (device_id !== undefined && !knownDeviceId.safeParse(device_id).success) throw new Problem('device-not-found');
    const facts = await this.database.read(async (manager) => {
      if (device_id !== undefined && !(await this.repository.hasDevice(manager, tenantId, device_id)))
        throw new Problem('device-not-found');
      return this.repository.facts(manager, tenantId, device_id ?? null);
    });
    return this.compute(facts, { device_id: device_id ?? null, limit, language, only: null });
  }

  /** @throws Problem `recommendation-not-found` for what is none, or is none any more */
  async dismiss({ id, body }: z.infer<typeof dismissRecommendation.request>): Promise<Dismissal> {
    const scope = { route: 'POST /api/v3/ai/recommendations/{id}/dismiss', requestBody: { id, body } };
    // Computed before the write: no connection to the primary is held while it waits for a worker.
    const known = await this.find(id);
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, () => this.record(manager, known, body?.reason ?? null)),
    );
    return { dismissed: value, replayed };
  }

  private async record(
    manager: EntityManager,
    known: Recommendation | undefined,
    reason: string | null,
  ): Promise<DismissedRecommendation> {
    if (!known) throw new Problem('recommendation-not-found');
    const tenantId = tenantOfCaller();
    const principal = currentContext()?.principal;
    assert(principal, 'a command without a principal');
    const { id, code, device_id, priority } = known;
    const by = { dismissed_by: nameOf(principal), dismissed_at: new Date().toISOString() };
    const dismissed = { id, code, device_id, priority, reason, ...by };
    await this.repository.dismiss(manager, tenantId, dismissed);
    await this.audit.record(manager, {
      event_type: 'RECOMMENDATION_DISMISSED',
      resource_id: id,
      success: true,
      details: { code, device_id, priority, reason },
    });
    return dismissed;
  }

  private async find(id: string): Promise<Recommendation | undefined> {
    if (!recommendationId.safeParse(id).success) return undefined;
    const tenantId = tenantOfCaller();
    const mark = markIn(id);
    const found = await this.database.read(async (manager) => {
      const ofFleet = mark === deviceMark(tenantId, null);
      const device_id = ofFleet ? null : await this.repository.deviceMarked(manager, tenantId, mark);
      return device_id === undefined
        ? undefined
        : { device_id, facts: await this.repository.facts(manager, tenantId, device_id) };
    });
    if (!found) return undefined;
    const { device_id, facts } = found;
    const answer = await this.compute(facts, { device_id, limit: 1, language: 'en', only: id });
    return answer.recommendations[0];
  }

  private async compute(facts: string, request: object): Promise<Answer> {
    const rest = JSON.stringify({ ...request, tenant_id: tenantOfCaller(), now: Date.now() });
    const answer = await this.computations.answer('recommendations', Buffer.from(`{${facts},${rest.slice(1)}`));
    return Answer.parse(JSON.parse(answer.toString()));
  }
}
