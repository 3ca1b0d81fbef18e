import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  nameOf,
  Problem,
  requireVersion,
  type AcknowledgeFinding,
  type AuditEventType,
  type ChangedFinding,
  type DeviceFinding,
  type FalsePositiveFinding,
  type IfMatch,
  type ResolveFinding,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { steppedRow } from './finding-change.js';
import { FindingRecords } from './finding-records.js';
import type { FindingRow } from './finding.entity.js';
import { FindingsRepository } from './findings.repository.js';
import { acknowledge, refute, resolve, type Step } from './life/index.js';
import { toDeviceFinding } from './shown-finding.js';

const findingId = idSchema('fnd');

/** Which finding, and what of it the caller has read. */
interface Named<Body> {
  readonly id: string;
  readonly if_match?: IfMatch;
  readonly body?: Body;
}

/** What a person does: how it changes the finding, and what the audit is to know of it. */
interface Act {
  readonly path: string;
  readonly audited: AuditEventType;
  readonly note: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
  step(finding: FindingRow, now: Date, actor: string): Step;
}

/** What people do to findings: each act is audited, announced and answered with the finding as it is then. */
@Injectable()
export class FindingActs {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly findings: FindingsRepository,
    private readonly records: FindingRecords,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `finding-not-found`, `finding-not-active`, `precondition-failed`, `validation-failed` */
  acknowledge(request: Named<AcknowledgeFinding> & { body: AcknowledgeFinding }): Promise<ChangedFinding> {
    const { rule, expires_at, reason } = request.body;
    const expires = expires_at === undefined ? null : new Date(expires_at).toISOString();
    return this.perform(request, {
      path: 'acknowledge',
      audited: 'FINDING_ACKNOWLEDGED',
      note: reason,
      details: { rule, expires_at: expires },
      step: (finding, now, by) => {
        if (expires !== null && Date.parse(expires) <= now.getTime())
          throw new Problem('validation-failed', { errors: [{ pointer: '/expires_at', detail: 'is in the past' }] });
        const baseline = { value: finding.evidence.value, severity: finding.severity };
        return acknowledge(finding, { rule, baseline, expires_at: expires, by, reason, at: now.toISOString() }, now);
      },
    });
  }

  /** @throws Problem `finding-not-found`, `precondition-failed` */
  resolve(request: Named<ResolveFinding>): Promise<ChangedFinding> {
    return this.perform(request, {
      path: 'resolve',
      audited: 'FINDING_RESOLVED',
      note: request.body?.reason,
      step: resolve,
    });
  }

  /** @throws Problem `finding-not-found`, `precondition-failed` */
  refute(request: Named<FalsePositiveFinding> & { body: FalsePositiveFinding }): Promise<ChangedFinding> {
    return this.perform(request, {
      path: 'false-positive',
      audited: 'FINDING_FALSE_POSITIVE',
      note: request.body.reason,
      step: refute,
    });
  }

  private async perform({ id, if_match, body }: Named<unknown>, act: Act): Promise<ChangedFinding> {
    const scope = { route: `POST /api/v1/findings/{id}/${act.path}`, requestBody: { id, body } };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, () => this.change(manager, id, if_match, act)),
    );
    return { finding: value, replayed };
  }

  private async change(manager: EntityManager, id: string, ifMatch: IfMatch, act: Act): Promise<DeviceFinding> {
    const found = findingId.safeParse(id).success
      ? await this.findings.findToChange(manager, tenantOfCaller(), id)
      : undefined;
    if (!found) throw new Problem('finding-not-found');
    requireVersion(found.version, ifMatch);
    const { site_id: siteId, tags: _tags, ...before } = found;
    const now = new Date();
    const actor = actorOfCaller();
    const step = act.step(before, now, actor);
    // It is what it was to become: nothing to announce, nothing to record.
    if (!step.transition) return toDeviceFinding(before);
    const row = steppedRow(before, step, now);
    const { device_id, key, state: from } = before;
    await this.records.write(manager, [
      { row, step, siteId, diagnosticId: null, occurredAt: now, actor, note: act.note },
    ]);
    await this.audit.record(manager, {
      event_type: act.audited,
      resource_id: id,
      success: true,
      details: { device_id, key, from, to: row.state, reason: act.note ?? null, ...act.details },
    });
    return toDeviceFinding(row);
  }
}

/** Who acts: the person or the API key; a worker of the suite by its service. */
function actorOfCaller(): string {
  const principal = currentContext()?.principal;
  assert(principal && principal.kind !== 'agent', 'agents do nothing to findings');
  return nameOf(principal);
}
