import { Injectable } from '@nestjs/common';
import type { CreatedDiagnostic, CreateDiagnostic, Diagnostic } from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys, type IdempotencyScope, type Outcome } from '@techze/idempotency';
import { readEvidence } from '../scoring/index.js';
import { tenantOfCaller } from './caller.js';
import { DiagnosticCache } from './diagnostic-cache.js';
import { DiagnosticRecords } from './diagnostic-records.service.js';
import { timesOf } from './diagnostic-times.js';

/** Takes a diagnostic in: its evidence is read outside of any transaction; then all that follows from it is one transaction. */
@Injectable()
export class DiagnosticIntake {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly records: DiagnosticRecords,
    private readonly cache: DiagnosticCache,
  ) {}

  async create(body: CreateDiagnostic): Promise<CreatedDiagnostic> {
    const scope = { route: 'POST /api/v1/diagnostics', requestBody: body };
    const { value, replayed } = await this.take(body, scope, (diagnostic) => diagnostic);
    return { diagnostic: value, replayed };
  }

  /** @param answer of the stored diagnostic, what the caller gets and what a replay will bring again */
  take<T>(body: CreateDiagnostic, scope: IdempotencyScope, answer: (diagnostic: Diagnostic) => T): Promise<Outcome<T>> {
    const times = timesOf(new Date(body.collected_at), new Date());
    // Judged by the day it was collected; a clock that is ahead gains nothing by it.
    const evidence = readEvidence(body.sections, times.seenAt, { schemaVersion: body.schema_version });
    const write = () =>
      this.database.write((manager) =>
        this.idempotency.once(manager, scope, async () =>
          answer(await this.records.store(manager, tenantOfCaller(), body, evidence, times)),
        ),
      );
    return body.diagnostic_id === undefined ? write() : this.cache.change(body.diagnostic_id, write);
  }
}
