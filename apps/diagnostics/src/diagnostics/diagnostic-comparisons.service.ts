import { Injectable } from '@nestjs/common';
import { idSchema, Problem, type DiagnosticDiff, type DiffDiagnostic } from '@techze/contracts';
import { Database } from '@techze/database';
import { tenantOfCaller } from './caller.js';
import { compareDiagnostics } from './compare-diagnostics.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';

const diagnosticId = idSchema('dgn');

/** Holds two diagnostics of a device against each other. */
@Injectable()
export class DiagnosticComparisons {
  constructor(
    private readonly database: Database,
    private readonly diagnostics: DiagnosticsRepository,
  ) {}

  /** @throws Problem `diagnostic-not-found` for either of them, `validation-failed` where they are of two devices */
  async diff({ id, against }: DiffDiagnostic): Promise<DiagnosticDiff> {
    const ids = [against, id];
    if (!ids.every((each) => diagnosticId.safeParse(each).success)) throw new Problem('diagnostic-not-found');
    const rows = await this.database.read((manager) =>
      this.diagnostics.findWithReadings(manager, tenantOfCaller(), ids),
    );
    const [from, to] = ids.map((each) => rows.find((row) => row.id === each));
    if (!from || !to) throw new Problem('diagnostic-not-found');
    if (from.device_id !== to.device_id)
      throw new Problem('validation-failed', {
        errors: [{ pointer: '/against', detail: 'is a diagnostic of another device' }],
      });
    return compareDiagnostics(from, to);
  }
}
