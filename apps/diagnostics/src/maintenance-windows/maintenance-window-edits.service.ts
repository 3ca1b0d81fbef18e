import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  newId,
  Problem,
  requireVersion,
  type ChangeMaintenanceWindow,
  type CreatedMaintenanceWindow,
  type CreateMaintenanceWindow,
  type DeleteMaintenanceWindow,
  type MaintenanceWindow,
  type PatchMaintenanceWindow,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../diagnostics/caller.js';
import type { MaintenanceWindowRow } from './maintenance-window.entity.js';
import { MaintenanceWindowsRepository, toMaintenanceWindow } from './maintenance-windows.repository.js';
import { scheduleFaults } from './schedule.js';

const windowId = idSchema('mtw');
const notFound = {
  customer_id: 'customer-not-found',
  site_id: 'site-not-found',
  device_id: 'device-not-found',
} as const;

/** Windows are made, changed and removed, each time with a line in the audit. What they kept quiet stays on record. */
@Injectable()
export class MaintenanceWindowEdits {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly windows: MaintenanceWindowsRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `customer-not-found`, `site-not-found`, `device-not-found`, `validation-failed` */
  async create(body: CreateMaintenanceWindow): Promise<CreatedMaintenanceWindow> {
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, { route: 'POST /api/v1/maintenance-windows', requestBody: body }, () =>
        this.store(manager, body),
      ),
    );
    return { window: value, replayed };
  }

  /** @throws Problem `maintenance-window-not-found`, `precondition-failed`, `validation-failed` */
  async change({ id, change, if_match }: PatchMaintenanceWindow): Promise<MaintenanceWindow> {
    const scope = { route: 'PATCH /api/v1/maintenance-windows/{id}', requestBody: { id, change, if_match } };
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const before = await this.findToChange(manager, id);
        requireVersion(before.version, if_match);
        if (change.tags && before.tags.length === 0) throw fault('/tags', 'this window is not for tags');
        const after = { ...changed(before, change), version: before.version + 1, updated_at: new Date() };
        requireSound(after);
        await this.windows.update(manager, after);
        await this.record(manager, id, toMaintenanceWindow(before), toMaintenanceWindow(after));
        return toMaintenanceWindow(after);
      }),
    );
    return value;
  }

  /** @throws Problem `maintenance-window-not-found`, `precondition-failed` */
  async remove({ id, if_match }: DeleteMaintenanceWindow): Promise<null> {
    const scope = { route: 'DELETE /api/v1/maintenance-windows/{id}', requestBody: { id, if_match } };
    await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const before = await this.findToChange(manager, id);
        requireVersion(before.version, if_match);
        await this.windows.remove(manager, before.tenant_id, id);
        await this.record(manager, id, toMaintenanceWindow(before), null);
        return null;
      }),
    );
    return null;
  }

  private async store(manager: EntityManager, body: CreateMaintenanceWindow): Promise<MaintenanceWindow> {
    const now = new Date();
    const principal = currentContext()?.principal;
    const row: MaintenanceWindowRow = {
      tenant_id: tenantOfCaller(),
      id: newId('mtw'),
      name: body.name,
      reason: body.reason ?? null,
      customer_id: body.customer_id ?? null,
      site_id: body.site_id ?? null,
      device_id: body.device_id ?? null,
      tags: body.tags ?? [],
      starts_at: new Date(body.starts_at),
      ends_at: body.ends_at === undefined ? null : new Date(body.ends_at),
      cron: body.cron ?? null,
      timezone: body.timezone ?? null,
      duration_minutes: body.duration_minutes ?? null,
      created_by: principal?.kind === 'user' ? principal.sub : null,
      version: 1,
      created_at: now,
      updated_at: now,
    };
    requireSound(row);
    const missing = await this.windows.missing(manager, row.tenant_id, row);
    if (missing) throw new Problem(notFound[missing]);
    await this.windows.insert(manager, row);
    await this.record(manager, row.id, null, toMaintenanceWindow(row));
    return toMaintenanceWindow(row);
  }

  private async findToChange(manager: EntityManager, id: string): Promise<MaintenanceWindowRow> {
    const found = windowId.safeParse(id).success
      ? await this.windows.findToChange(manager, tenantOfCaller(), id)
      : null;
    if (!found) throw new Problem('maintenance-window-not-found');
    return found;
  }

  private record(
    manager: EntityManager,
    id: string,
    before: MaintenanceWindow | null,
    after: MaintenanceWindow | null,
  ): Promise<void> {
    return this.audit.record(manager, {
      event_type: 'CONFIG_CHANGED',
      resource_id: id,
      success: true,
      details: { setting: 'maintenance_window', before, after },
    });
  }
}

function changed(before: MaintenanceWindowRow, change: ChangeMaintenanceWindow): MaintenanceWindowRow {
  const { starts_at, ends_at, ...rest } = change;
  return {
    ...before,
    ...(rest as Partial<MaintenanceWindowRow>),
    ...(starts_at !== undefined && { starts_at: new Date(starts_at) }),
    ...(ends_at !== undefined && { ends_at: ends_at === null ? null : new Date(ends_at) }),
  };
}

function requireSound(row: MaintenanceWindowRow): void {
  const errors = scheduleFaults(row);
  if (errors.length > 0) throw new Problem('validation-failed', { errors });
}

function fault(pointer: string, detail: string): Problem {
  return new Problem('validation-failed', { errors: [{ pointer, detail }] });
}
