import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { MaintenanceWindowEdits } from './maintenance-window-edits.service.js';
import { MaintenanceWindowReads } from './maintenance-window-reads.service.js';
import { MaintenanceWindowsController } from './maintenance-windows.controller.js';
import { MaintenanceWindowsRepository } from './maintenance-windows.repository.js';
import { MaintenanceWindowsService } from './maintenance-windows.service.js';

@Module({
  controllers: [MaintenanceWindowsController],
  providers: [
    MaintenanceWindowsService,
    MaintenanceWindowEdits,
    MaintenanceWindowReads,
    MaintenanceWindowsRepository,
    Cursors,
  ],
  exports: [MaintenanceWindowsService],
})
export class MaintenanceWindowsModule {}
