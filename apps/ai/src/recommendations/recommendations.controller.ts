import { Controller } from '@nestjs/common';
import { dismissRecommendation, listRecommendations, type Dismissal, type Recommendations } from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import type { z } from 'zod';
import { RecommendationsService } from './recommendations.service.js';

@Controller()
export class RecommendationsController {
  constructor(private readonly recommendations: RecommendationsService) {}

  @HandlesCommand(listRecommendations)
  list(request: z.infer<typeof listRecommendations.request>): Promise<Recommendations> {
    return this.recommendations.list(request);
  }

  @HandlesCommand(dismissRecommendation)
  dismiss(request: z.infer<typeof dismissRecommendation.request>): Promise<Dismissal> {
    return this.recommendations.dismiss(request);
  }
}
