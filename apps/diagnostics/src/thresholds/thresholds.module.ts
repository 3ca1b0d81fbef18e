import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { ThresholdEdits } from './threshold-edits.service.js';
import { StoredReadings } from './stored-readings.repository.js';
import { ThresholdPreviews } from './threshold-previews.service.js';
import { ThresholdReads } from './threshold-reads.service.js';
import { ThresholdsController } from './thresholds.controller.js';
import { ThresholdsRepository } from './thresholds.repository.js';
import { ThresholdsService } from './thresholds.service.js';

@Module({
  controllers: [ThresholdsController],
  providers: [
    ThresholdsService,
    ThresholdEdits,
    ThresholdReads,
    ThresholdsRepository,
    ThresholdPreviews,
    StoredReadings,
    Cursors,
  ],
  exports: [ThresholdsService],
})
export class ThresholdsModule {}
