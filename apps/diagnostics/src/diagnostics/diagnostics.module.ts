import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { DevicesModule } from '../devices/devices.module.js';
import { FindingsModule } from '../findings/findings.module.js';
import { MeasurementUpkeep } from '../measurements/measurement-upkeep.js';
import { MeasurementsRepository } from '../measurements/measurements.repository.js';
import { ThresholdsModule } from '../thresholds/thresholds.module.js';
import { DiagnosticBatches } from './diagnostic-batches.service.js';
import { DiagnosticCache } from './diagnostic-cache.js';
import { DiagnosticComparisons } from './diagnostic-comparisons.service.js';
import { DiagnosticEdits } from './diagnostic-edits.service.js';
import { DiagnosticIntake } from './diagnostic-intake.service.js';
import { DiagnosticReads } from './diagnostic-reads.service.js';
import { DiagnosticRecords } from './diagnostic-records.service.js';
import { DiagnosticRequestExpiry } from './diagnostic-request-expiry.js';
import { DiagnosticRequests } from './diagnostic-requests.service.js';
import { DiagnosticRescoring } from './diagnostic-rescoring.service.js';
import { DiagnosticWrites } from './diagnostic-writes.repository.js';
import { DiagnosticsController } from './diagnostics.controller.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';

@Module({
  imports: [DevicesModule, FindingsModule, ThresholdsModule],
  controllers: [DiagnosticsController],
  providers: [
    DiagnosticBatches,
    DiagnosticCache,
    DiagnosticComparisons,
    DiagnosticEdits,
    DiagnosticIntake,
    DiagnosticReads,
    DiagnosticRecords,
    DiagnosticRequestExpiry,
    DiagnosticRequests,
    DiagnosticRescoring,
    DiagnosticWrites,
    DiagnosticsRepository,
    MeasurementUpkeep,
    MeasurementsRepository,
    Cursors,
  ],
  exports: [DiagnosticsRepository],
})
export class DiagnosticsModule {}
