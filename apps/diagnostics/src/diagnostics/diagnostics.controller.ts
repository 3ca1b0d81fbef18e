import { Controller } from '@nestjs/common';
import {
  changeDiagnostic,
  createDiagnostic,
  createDiagnostics,
  deleteDiagnostic,
  diffDiagnostic,
  getDiagnostic,
  listDiagnostics,
  requestDiagnostic,
  rescoreDiagnostic,
  type CreatedDiagnostic,
  type CreatedDiagnostics,
  type CreateDiagnostic,
  type CreateDiagnostics,
  type DeleteDiagnostic,
  type Diagnostic,
  type DiagnosticDiff,
  type DiagnosticPage,
  type DiffDiagnostic,
  type GetDiagnostic,
  type ListDiagnosticsQuery,
  type PatchDiagnostic,
  type RequestDiagnostic,
  type RescoredDiagnostic,
  type RescoreDiagnostic,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { DiagnosticBatches } from './diagnostic-batches.service.js';
import { DiagnosticComparisons } from './diagnostic-comparisons.service.js';
import { DiagnosticEdits } from './diagnostic-edits.service.js';
import { DiagnosticIntake } from './diagnostic-intake.service.js';
import { DiagnosticReads } from './diagnostic-reads.service.js';
import { DiagnosticRequests } from './diagnostic-requests.service.js';
import { DiagnosticRescoring } from './diagnostic-rescoring.service.js';

@Controller()
export class DiagnosticsController {
  constructor(
    private readonly intake: DiagnosticIntake,
    private readonly batches: DiagnosticBatches,
    private readonly requests: DiagnosticRequests,
    private readonly reads: DiagnosticReads,
    private readonly edits: DiagnosticEdits,
    private readonly comparisons: DiagnosticComparisons,
    private readonly rescoring: DiagnosticRescoring,
  ) {}

  @HandlesCommand(createDiagnostic)
  create(body: CreateDiagnostic): Promise<CreatedDiagnostic> {
    return this.intake.create(body);
  }

  @HandlesCommand(createDiagnostics)
  createBatch(batch: CreateDiagnostics): Promise<CreatedDiagnostics> {
    return this.batches.create(batch);
  }

  @HandlesCommand(requestDiagnostic)
  request(body: RequestDiagnostic): Promise<CreatedDiagnostic> {
    return this.requests.request(body);
  }

  @HandlesCommand(getDiagnostic)
  get(request: GetDiagnostic): Promise<Diagnostic> {
    return this.reads.get(request);
  }

  @HandlesCommand(listDiagnostics)
  list(query: ListDiagnosticsQuery): Promise<DiagnosticPage> {
    return this.reads.list(query);
  }

  @HandlesCommand(changeDiagnostic)
  change(request: PatchDiagnostic): Promise<Diagnostic> {
    return this.edits.change(request);
  }

  @HandlesCommand(deleteDiagnostic)
  remove(request: DeleteDiagnostic): Promise<null> {
    return this.edits.remove(request);
  }

  @HandlesCommand(diffDiagnostic)
  diff(request: DiffDiagnostic): Promise<DiagnosticDiff> {
    return this.comparisons.diff(request);
  }

  @HandlesCommand(rescoreDiagnostic)
  rescore(request: RescoreDiagnostic): Promise<RescoredDiagnostic> {
    return this.rescoring.rescore(request);
  }
}
