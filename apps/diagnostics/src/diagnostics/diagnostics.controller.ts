import { Controller } from '@nestjs/common';
import {
  createDiagnostic,
  getDiagnostic,
  listDiagnostics,
  type CreatedDiagnostic,
  type CreateDiagnostic,
  type Diagnostic,
  type DiagnosticPage,
  type GetDiagnostic,
  type ListDiagnosticsQuery,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { DiagnosticIntake } from './diagnostic-intake.service.js';
import { DiagnosticReads } from './diagnostic-reads.service.js';

@Controller()
export class DiagnosticsController {
  constructor(
    private readonly intake: DiagnosticIntake,
    private readonly reads: DiagnosticReads,
  ) {}

  @HandlesCommand(createDiagnostic)
  create(body: CreateDiagnostic): Promise<CreatedDiagnostic> {
    return this.intake.create(body);
  }

  @HandlesCommand(getDiagnostic)
  get(request: GetDiagnostic): Promise<Diagnostic> {
    return this.reads.get(request);
  }

  @HandlesCommand(listDiagnostics)
  list(query: ListDiagnosticsQuery): Promise<DiagnosticPage> {
    return this.reads.list(query);
  }
}
