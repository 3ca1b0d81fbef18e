import { Injectable } from '@nestjs/common';
import {
  findingChanged,
  findingOpened,
  findingResolved,
  newId,
  type EventType,
  type FindingNews,
} from '@techze/contracts';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import type { FindingChange } from './finding-change.js';
import { FindingsRepository } from './findings.repository.js';
import type { News } from './life/index.js';

const events = { opened: findingOpened, changed: findingChanged, resolved: findingResolved } as const satisfies Record<
  News['type'],
  EventType
>;

/** Writes down what became of findings: rows, transitions, what windows kept quiet, and the events, in one transaction. */
@Injectable()
export class FindingRecords {
  constructor(
    private readonly findings: FindingsRepository,
    private readonly outbox: Outbox,
  ) {}

  /** None of the statements waits for another's answer: they share one round trip, and are done in this order. */
  async write(manager: EntityManager, changes: readonly FindingChange[]): Promise<void> {
    await Promise.all([
      this.findings.save(
        manager,
        changes.map(({ row }) => row),
      ),
      insertMany(manager, TRANSITIONS, changes.flatMap(transitionOf)),
      insertMany(manager, SUPPRESSIONS, changes.flatMap(suppressionOf)),
      ...changes.flatMap((change) => {
        const { news } = change.step;
        return news ? [this.outbox.append(manager, events[news.type], newsOf(change, news))] : [];
      }),
    ]);
  }
}

async function insertMany(manager: EntityManager, sql: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await manager.query(sql, [JSON.stringify(rows)]);
}

function transitionOf({ row, step: { transition }, ...change }: FindingChange) {
  if (!transition) return [];
  return [
    {
      tenant_id: row.tenant_id,
      id: newId('evt'),
      finding_id: row.id,
      device_id: row.device_id,
      from_state: transition.from,
      to_state: row.state,
      severity: row.severity,
      reason: transition.reason,
      note: change.note ?? null,
      actor: change.actor ?? null,
      diagnostic_id: change.diagnosticId,
      occurred_at: change.occurredAt,
    },
  ];
}

function suppressionOf({ row, step: { muted }, diagnosticId, occurredAt }: FindingChange) {
  if (!muted) return [];
  return [
    {
      tenant_id: row.tenant_id,
      id: newId('evt'),
      maintenance_window_id: muted.window,
      finding_id: row.id,
      device_id: row.device_id,
      event_type: events[muted.type].type,
      severity: row.severity,
      title: row.title,
      diagnostic_id: diagnosticId,
      occurred_at: occurredAt,
    },
  ];
}

function newsOf({ row, siteId, diagnosticId }: FindingChange, { reason, reopened }: News): FindingNews {
  return {
    finding_id: row.id,
    device_id: row.device_id,
    site_id: siteId,
    key: row.key,
    code: row.code,
    category: row.category,
    severity: row.severity,
    title: row.title,
    state: row.state,
    reason,
    value: row.evidence.value,
    evidence: row.evidence,
    diagnostic_id: diagnosticId,
    occurrences: row.occurrences,
    ...(reopened && { reopened }),
  };
}

const TRANSITIONS = `
  insert into finding_transitions (tenant_id, id, finding_id, device_id, from_state, to_state, severity, reason, note, actor,
    diagnostic_id, occurred_at)
  select new.* from json_to_recordset($1::json) as new(tenant_id text, id text, finding_id text, device_id text,
    from_state text, to_state text, severity text, reason text, note text, actor text, diagnostic_id text,
    occurred_at timestamptz)`;
const SUPPRESSIONS = `
  insert into suppressions (tenant_id, id, maintenance_window_id, finding_id, device_id, event_type, severity, title,
    diagnostic_id, occurred_at)
  select new.* from json_to_recordset($1::json) as new(tenant_id text, id text, maintenance_window_id text,
    finding_id text, device_id text, event_type text, severity text, title text, diagnostic_id text,
    occurred_at timestamptz)`;
