import { Controller } from '@nestjs/common';
import { analyze, detectAnomalies, recognisePatterns, type Freight } from '@techze/contracts';
import { HandlesCommand, Parcels } from '@techze/transport';
import { Computations } from './computations.service.js';
import type { JobKind } from './job.js';

@Controller()
export class ComputationsController {
  constructor(
    private readonly computations: Computations,
    private readonly parcels: Parcels,
  ) {}

  @HandlesCommand(detectAnomalies)
  detectAnomalies(request: Freight): Promise<Freight> {
    return this.answer('anomaly-detect', request);
  }

  @HandlesCommand(analyze)
  analyze(request: Freight): Promise<Freight> {
    return this.answer('analyze', request);
  }

  @HandlesCommand(recognisePatterns)
  recognisePatterns(request: Freight): Promise<Freight> {
    return this.answer('pattern-recognition', request);
  }

  private async answer(kind: JobKind, request: Freight): Promise<Freight> {
    return this.parcels.pack(await this.computations.answer(kind, await this.parcels.unpack(request)));
  }
}
