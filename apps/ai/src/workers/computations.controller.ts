import { Controller } from '@nestjs/common';
import { analyze, detectAnomalies, recognisePatterns } from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import type { z } from 'zod';
import { Computations } from './computations.service.js';

@Controller()
export class ComputationsController {
  constructor(private readonly computations: Computations) {}

  @HandlesCommand(detectAnomalies)
  detectAnomalies({ body }: z.infer<typeof detectAnomalies.request>): Promise<string> {
    return this.computations.answer('anomaly-detect', body);
  }

  @HandlesCommand(analyze)
  analyze({ body }: z.infer<typeof analyze.request>): Promise<string> {
    return this.computations.answer('analyze', body);
  }

  @HandlesCommand(recognisePatterns)
  recognisePatterns({ body }: z.infer<typeof recognisePatterns.request>): Promise<string> {
    return this.computations.answer('pattern-recognition', body);
  }
}
