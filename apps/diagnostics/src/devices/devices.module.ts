import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { DiagnosticCache } from '../diagnostics/diagnostic-cache.js';
import { FindingRecords } from '../findings/finding-records.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { DeviceCredentialsRepository } from './device-credentials.repository.js';
import { DeviceEdits } from './device-edits.service.js';
import { DeviceEventsRepository } from './device-events.repository.js';
import { DeviceMatchingRepository } from './device-matching.repository.js';
import { DevicePageRepository } from './device-page.repository.js';
import { DeviceReads } from './device-reads.service.js';
import { DevicesController } from './devices.controller.js';
import { DevicesRepository } from './devices.repository.js';
import { DevicesService } from './devices.service.js';
import { IdentityConflictsRepository } from './identity-conflicts.repository.js';
import { IdentityConflicts } from './identity-conflicts.service.js';
import { IdentityFindings } from './identity-findings.js';

@Module({
  controllers: [DevicesController],
  providers: [
    Cursors,
    DiagnosticCache,
    DeviceCredentialsRepository,
    DeviceEdits,
    DevicePageRepository,
    DeviceReads,
    DeviceEventsRepository,
    DeviceMatchingRepository,
    DevicesRepository,
    DevicesService,
    IdentityConflicts,
    IdentityConflictsRepository,
    IdentityFindings,
    FindingRecords,
    FindingsRepository,
  ],
  exports: [
    DeviceCredentialsRepository,
    DeviceEventsRepository,
    DeviceMatchingRepository,
    DevicesRepository,
    DevicesService,
    IdentityConflicts,
  ],
})
export class DevicesModule {}
