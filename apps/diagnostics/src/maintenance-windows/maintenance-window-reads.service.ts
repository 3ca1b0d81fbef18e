import { Injectable } from '@nestjs/common';
import {
  idSchema,
  Problem,
  type ListMaintenanceWindowsQuery,
  type ListSuppressions,
  type MaintenanceWindow,
  type MaintenanceWindowPage,
  type SuppressionPage,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { MaintenanceWindowsRepository, toMaintenanceWindow } from './maintenance-windows.repository.js';

const LIST = 'maintenance-windows';
const windowId = idSchema('mtw');

/** Shows maintenance windows and what they kept quiet. */
@Injectable()
export class MaintenanceWindowReads {
  constructor(
    private readonly database: Database,
    private readonly windows: MaintenanceWindowsRepository,
    private readonly cursors: Cursors,
  ) {}

  /** @throws Problem `maintenance-window-not-found`, the same for an unknown id and for another tenant's */
  async get(id: string): Promise<MaintenanceWindow> {
    if (!windowId.safeParse(id).success) throw new Problem('maintenance-window-not-found');
    const row = await this.database.read((manager) => this.windows.find(manager, tenantOfCaller(), id));
    if (!row) throw new Problem('maintenance-window-not-found');
    return toMaintenanceWindow(row);
  }

  async list({ limit, cursor, ...filters }: ListMaintenanceWindowsQuery): Promise<MaintenanceWindowPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.windows.list(manager, tenantOfCaller(), filters, limit, after),
    );
    const page = rows.map(toMaintenanceWindow);
    return toPage(page, limit, LIST, this.cursors, ({ created_at, id }) => ({ createdAt: created_at, id }));
  }

  /**
   * The record of a window outlives it.
   * @throws Problem `maintenance-window-not-found` when there neither is such a window nor anything on record of one
   */
  async suppressions({ id, query: { limit, cursor } }: ListSuppressions): Promise<SuppressionPage> {
    if (!windowId.safeParse(id).success) throw new Problem('maintenance-window-not-found');
    const list = `suppressions ${id}`;
    const after = cursor === undefined ? undefined : this.cursors.decode(list, cursor);
    const rows = await this.database.read(async (manager) => {
      const found = await this.windows.suppressions(manager, tenantOfCaller(), id, limit, after);
      if (found.length === 0 && !after && !(await this.windows.find(manager, tenantOfCaller(), id)))
        throw new Problem('maintenance-window-not-found');
      return found;
    });
    const page = rows.map((row) => ({ ...row, occurred_at: row.occurred_at.toISOString() }));
    return toPage(page, limit, list, this.cursors, ({ occurred_at, id: rowId }) => ({
      createdAt: occurred_at,
      id: rowId,
    }));
  }
}
