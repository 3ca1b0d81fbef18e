import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { MaintenanceWindowsModule } from '../maintenance-windows/maintenance-windows.module.js';
import { AcknowledgementExpiry } from './acknowledgement-expiry.js';
import { FindingActs } from './finding-acts.service.js';
import { FindingReads } from './finding-reads.service.js';
import { FindingRecords } from './finding-records.js';
import { FindingsController } from './findings.controller.js';
import { FindingsRepository } from './findings.repository.js';
import { FindingsService } from './findings.service.js';

@Module({
  imports: [MaintenanceWindowsModule],
  controllers: [FindingsController],
  providers: [
    FindingsService,
    FindingActs,
    FindingReads,
    FindingRecords,
    FindingsRepository,
    AcknowledgementExpiry,
    Cursors,
  ],
  exports: [FindingsService],
})
export class FindingsModule {}
