import { Controller } from '@nestjs/common';
import {
  changeMaintenanceWindow,
  createMaintenanceWindow,
  deleteMaintenanceWindow,
  getMaintenanceWindow,
  listMaintenanceWindows,
  listSuppressions,
  type CreatedMaintenanceWindow,
  type CreateMaintenanceWindow,
  type DeleteMaintenanceWindow,
  type GetMaintenanceWindow,
  type ListMaintenanceWindowsQuery,
  type ListSuppressions,
  type MaintenanceWindow,
  type MaintenanceWindowPage,
  type PatchMaintenanceWindow,
  type SuppressionPage,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { MaintenanceWindowEdits } from './maintenance-window-edits.service.js';
import { MaintenanceWindowReads } from './maintenance-window-reads.service.js';

@Controller()
export class MaintenanceWindowsController {
  constructor(
    private readonly edits: MaintenanceWindowEdits,
    private readonly reads: MaintenanceWindowReads,
  ) {}

  @HandlesCommand(createMaintenanceWindow)
  create(body: CreateMaintenanceWindow): Promise<CreatedMaintenanceWindow> {
    return this.edits.create(body);
  }

  @HandlesCommand(listMaintenanceWindows)
  list(query: ListMaintenanceWindowsQuery): Promise<MaintenanceWindowPage> {
    return this.reads.list(query);
  }

  @HandlesCommand(getMaintenanceWindow)
  get({ id }: GetMaintenanceWindow): Promise<MaintenanceWindow> {
    return this.reads.get(id);
  }

  @HandlesCommand(changeMaintenanceWindow)
  change(request: PatchMaintenanceWindow): Promise<MaintenanceWindow> {
    return this.edits.change(request);
  }

  @HandlesCommand(deleteMaintenanceWindow)
  remove(request: DeleteMaintenanceWindow): Promise<null> {
    return this.edits.remove(request);
  }

  @HandlesCommand(listSuppressions)
  suppressions(request: ListSuppressions): Promise<SuppressionPage> {
    return this.reads.suppressions(request);
  }
}
