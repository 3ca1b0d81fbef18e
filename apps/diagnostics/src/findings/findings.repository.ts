import { Injectable } from '@nestjs/common';
import { newId, type FindingState } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import type { ScoredFinding } from '../scoring/index.js';

/** What a finding's row knows beyond one diagnostic. */
export interface FindingHistory {
  readonly id: string;
  readonly key: string;
  readonly state: FindingState;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly occurrences: number;
}

/** Findings as rows. */
@Injectable()
export class FindingsRepository {
  /**
   * Adds a sight of each finding to its device's history, in one statement and in the order of the keys, so that two
   * diagnostics of one device never wait for each other crosswise. An older diagnostic never overwrites newer evidence.
   */
  async note(
    manager: EntityManager,
    sight: {
      tenantId: string;
      deviceId: string;
      diagnosticId: string;
      seenAt: Date;
      findings: readonly ScoredFinding[];
    },
  ): Promise<Map<string, FindingHistory>> {
    if (sight.findings.length === 0) return new Map();
    const rows = sight.findings.map((finding) => ({ ...finding, id: newId('fnd') }));
    const histories = await manager.query<FindingHistory[]>(
      `insert into findings as known (tenant_id, id, device_id, key, category, code, severity, title, evidence, points, state,
                                      first_seen, last_seen, occurrences, last_diagnostic_id)
       select $1, new.id, $2, new.key, new.category, new.code, new.severity, new.title, new.evidence, new.points, 'open', $3, $3, 1, $4
       from json_to_recordset($5::json) as new(id text, key text, category text, code text, severity text, title text, evidence json, points float8)
       order by new.key
       on conflict (tenant_id, device_id, key) do update set
         occurrences = known.occurrences + 1,
         first_seen = least(known.first_seen, excluded.first_seen),
         last_seen = greatest(known.last_seen, excluded.last_seen),
         severity = case when excluded.last_seen >= known.last_seen then excluded.severity else known.severity end,
         title = case when excluded.last_seen >= known.last_seen then excluded.title else known.title end,
         evidence = case when excluded.last_seen >= known.last_seen then excluded.evidence else known.evidence end,
         points = case when excluded.last_seen >= known.last_seen then excluded.points else known.points end,
         last_diagnostic_id = case when excluded.last_seen >= known.last_seen then excluded.last_diagnostic_id else known.last_diagnostic_id end
       returning id, key, state, first_seen, last_seen, occurrences`,
      [sight.tenantId, sight.deviceId, sight.seenAt, sight.diagnosticId, JSON.stringify(rows)],
    );
    return new Map(histories.map((history) => [history.key, history]));
  }
}
