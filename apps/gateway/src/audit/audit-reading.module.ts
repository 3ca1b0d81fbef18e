import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { AuditReadingService } from './audit-reading.service.js';
import { AuditTrail } from './audit-trail.js';
import { AuditTrailRepository } from './audit-trail.repository.js';
import { AuditController } from './audit.controller.js';

/** What admins see of their tenant's audit trail. */
@Module({
  controllers: [AuditController],
  providers: [AuditReadingService, AuditTrail, AuditTrailRepository, Cursors],
})
export class AuditReadingModule {}
