import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MaintenanceWindowsRepository, type CoveredDevice } from './maintenance-windows.repository.js';
import { isOpen } from './schedule.js';

/** Which devices are being worked on, and when. */
@Injectable()
export class MaintenanceWindowsService {
  constructor(private readonly windows: MaintenanceWindowsRepository) {}

  /** The windows that a device is in at that moment, oldest first. */
  async covering(manager: EntityManager, tenantId: string, device: CoveredDevice, at: Date): Promise<string[]> {
    const rows = await this.windows.covering(manager, tenantId, device, at);
    return rows.filter((row) => isOpen(row, at)).map(({ id }) => id);
  }
}
