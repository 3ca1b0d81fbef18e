import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { idSchema, Problem, type RescoredDiagnostic, type RescoreDiagnostic } from '@techze/contracts';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import { readEvidence, scoreEvidence, type Scoring } from '../scoring/index.js';
import { ThresholdsService } from '../thresholds/thresholds.service.js';
import { tenantOfCaller } from './caller.js';
import type { DiagnosticRow } from './diagnostic.entity.js';
import { seenAtOf } from './diagnostic-edits.service.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';
import { explainDifferences } from './explain-differences.js';
import { roundedDelta } from './rounded-delta.js';

const diagnosticId = idSchema('dgn');

/** Judges stored evidence by the rules and the thresholds of today. Nothing of the diagnostic changes. */
@Injectable()
export class DiagnosticRescoring {
  constructor(
    private readonly database: Database,
    private readonly diagnostics: DiagnosticsRepository,
    private readonly thresholds: ThresholdsService,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `diagnostic-not-found`, `diagnostic-without-evidence` */
  rescore({ id }: RescoreDiagnostic): Promise<RescoredDiagnostic> {
    if (!diagnosticId.safeParse(id).success) throw new Problem('diagnostic-not-found');
    return this.database.write(async (manager) => {
      const row = await this.diagnostics.find(manager, tenantOfCaller(), id);
      if (!row) throw new Problem('diagnostic-not-found');
      const rescored = await this.judgeAgain(manager, row);
      const { scoring_version, score } = rescored;
      const details = { device_id: row.device_id, scoring_version, score };
      await this.audit.record(manager, {
        event_type: 'DIAGNOSTIC_RESCORED',
        resource_id: id,
        success: true,
        details,
      });
      return rescored;
    });
  }

  private async judgeAgain(manager: EntityManager, row: DiagnosticRow): Promise<RescoredDiagnostic> {
    const {
      tenant_id: tenantId,
      id,
      device_id: deviceId,
      health,
      scoring_version: then,
      schema_version: schemaVersion,
    } = row;
    const seenAt = seenAtOf(row);
    if (!seenAt || !health || then === null) throw new Problem('diagnostic-without-evidence');
    const [sections, place] = await Promise.all([
      this.diagnostics.findSections(manager, tenantId, id, true),
      this.diagnostics.placeOf(manager, tenantId, deviceId),
    ]);
    const { policy } = await this.thresholds.inForce(manager, tenantId, place);
    // By the day it was collected: what was supported then counts as supported.
    const scoring = scoreEvidence(readEvidence(sections, seenAt, { schemaVersion }), policy);
    return {
      diagnostic_id: id,
      scoring_version: { then, now: scoring.scoring_version },
      score: { then: health.score, now: scoring.score, delta: roundedDelta(health.score, scoring.score) },
      band: { then: health.band, now: scoring.band },
      coverage: { then: health.coverage, now: scoring.coverage },
      health: healthOf(scoring, row),
      findings: scoring.findings,
      differences: explainDifferences({ scoring_version: then, deductions: health.deductions }, { scoring, policy }),
    };
  }
}

/** Deductions name the findings that the diagnostic has; one that it would only have now has no id. */
function healthOf(scoring: Scoring, { findings }: DiagnosticRow): RescoredDiagnostic['health'] {
  const { score, band, coverage, categories, deductions } = scoring;
  const ids = new Map((findings ?? []).map(({ key, id }) => [key, id]));
  return {
    score,
    band,
    coverage,
    categories,
    deductions: deductions.map(({ key, ...deduction }) => ({
      finding_id: (key === null ? undefined : ids.get(key)) ?? null,
      ...deduction,
    })),
  };
}
