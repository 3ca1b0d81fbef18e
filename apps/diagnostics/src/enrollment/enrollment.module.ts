import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { DevicesModule } from '../devices/devices.module.js';
import { EnrollmentTokensRepository } from './enrollment-tokens.repository.js';
import { EnrollmentTokensService } from './enrollment-tokens.service.js';
import { EnrollmentController } from './enrollment.controller.js';
import { EnrollmentService } from './enrollment.service.js';

@Module({
  imports: [DevicesModule],
  controllers: [EnrollmentController],
  providers: [EnrollmentService, EnrollmentTokensService, EnrollmentTokensRepository, Cursors],
})
export class EnrollmentModule {}
