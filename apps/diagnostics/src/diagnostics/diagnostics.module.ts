import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { DevicesRepository } from '../devices/devices.repository.js';
import { DevicesService } from '../devices/devices.service.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { DiagnosticIntake } from './diagnostic-intake.service.js';
import { DiagnosticReads } from './diagnostic-reads.service.js';
import { DiagnosticRecords } from './diagnostic-records.service.js';
import { DiagnosticsController } from './diagnostics.controller.js';
import { DiagnosticsRepository } from './diagnostics.repository.js';

@Module({
  controllers: [DiagnosticsController],
  providers: [
    DiagnosticIntake,
    DiagnosticReads,
    DiagnosticRecords,
    DiagnosticsRepository,
    DevicesService,
    DevicesRepository,
    FindingsRepository,
    Cursors,
  ],
})
export class DiagnosticsModule {}
