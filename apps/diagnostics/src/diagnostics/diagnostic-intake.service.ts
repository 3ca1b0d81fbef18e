import { Injectable } from '@nestjs/common';
import type { CreatedDiagnostic, CreateDiagnostic } from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { scoreDiagnostic } from '../scoring/index.js';
import { tenantOfCaller } from './caller.js';
import { DiagnosticRecords } from './diagnostic-records.service.js';

/** Takes a diagnostic in: scored first, outside of any transaction; then all that follows from it is one transaction. */
@Injectable()
export class DiagnosticIntake {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly records: DiagnosticRecords,
  ) {}

  async create(body: CreateDiagnostic): Promise<CreatedDiagnostic> {
    const receivedAt = new Date();
    const collectedAt = new Date(body.collected_at);
    // Evidence is judged by the day it was collected; a clock that is ahead gains nothing by it.
    const seenAt = collectedAt < receivedAt ? collectedAt : receivedAt;
    const scoring = scoreDiagnostic(body.sections, seenAt);
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route: 'POST /api/v1/diagnostics', requestBody: body }, () =>
        this.records.store(manager, tenantOfCaller(), body, scoring, { collectedAt, receivedAt, seenAt }),
      ),
    );
    return { diagnostic: value, replayed };
  }
}
