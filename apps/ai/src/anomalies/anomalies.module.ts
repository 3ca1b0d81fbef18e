import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { AnomaliesController } from './anomalies.controller.js';
import { AnomaliesRepository } from './anomalies.repository.js';
import { AnomalyFeedbackService } from './anomaly-feedback.service.js';
import { AnomalyPreviews } from './anomaly-previews.service.js';
import { AnomalyReads } from './anomaly-reads.service.js';
import { AnomalyScoring } from './anomaly-scoring.service.js';
import { AnomalyUpkeep } from './anomaly-upkeep.js';
import { MetricStatesRepository } from './metric-states.repository.js';
import { RawSamplesRepository } from './raw-samples.repository.js';

/** What is strange in the samples of devices, as they come in. */
@Module({
  controllers: [AnomaliesController],
  providers: [
    AnomalyScoring,
    AnomalyReads,
    AnomalyFeedbackService,
    AnomalyPreviews,
    AnomalyUpkeep,
    AnomaliesRepository,
    MetricStatesRepository,
    RawSamplesRepository,
    Cursors,
  ],
})
export class AnomaliesModule {}
