import { Module } from '@nestjs/common';
import { DeviceCredentialsRepository } from './device-credentials.repository.js';
import { DeviceEventsRepository } from './device-events.repository.js';
import { DeviceMatchingRepository } from './device-matching.repository.js';
import { DevicesRepository } from './devices.repository.js';
import { DevicesService } from './devices.service.js';
import { IdentityConflictsRepository } from './identity-conflicts.repository.js';
import { IdentityConflicts } from './identity-conflicts.service.js';

@Module({
  providers: [
    DeviceCredentialsRepository,
    DeviceEventsRepository,
    DeviceMatchingRepository,
    DevicesRepository,
    DevicesService,
    IdentityConflicts,
    IdentityConflictsRepository,
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
