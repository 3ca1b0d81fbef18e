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
    return this.compute(facts, { device_id: device_id ?? null, limit, language, every: false });
  }

  /** @throws Problem `recommendation-not-found` for what is none, or is none any more */
  async dismiss({ id, body }: z.infer<typeof dismissRecommendation.request>): Promise<Dismissal> {
    const scope = { route: 'POST /api/v3/ai/recommendations/{id}/dismiss', requestBody: { id, body } };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, () => this.record(manager, id, body?.reason ?? null)),
    );
    return { dismissed: value, replayed };
  }

  private async record(manager: EntityManager, id: string, reason: string | null): Promise<DismissedRecommendation> {
    const tenantId = tenantOfCaller();
    const known = await this.find(manager, tenantId, id);
    if (!known) throw new Problem('recommendation-not-found');
    const principal = currentContext()?.principal;
    assert(principal, 'a command without a principal');
    const { code, device_id, priority } = known;
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

  private async find(manager: EntityManager, tenantId: string, id: string) {
    if (!recommendationId.safeParse(id).success) return undefined;
    const mark = markIn(id);
    const ofFleet = mark === deviceMark(tenantId, null);
    const device_id = ofFleet ? null : await this.repository.deviceMarked(manager, tenantId, mark);
    if (device_id === undefined) return undefined;
    const facts = await this.repository.facts(manager, tenantId, device_id);
    const answer = await this.compute(facts, { device_id, limit: 0, language: 'en', every: true });
    return answer.recommendations.find((each) => each.id === id);
  }

  private async compute(facts: string, request: object): Promise<Answer> {
    const rest = JSON.stringify({ ...request, tenant_id: tenantOfCaller(), now: Date.now() });
    const answer = await this.computations.answer('recommendations', Buffer.from(`{${facts},${rest.slice(1)}`));
    return Answer.parse(JSON.parse(answer.toString()));
  }
}
