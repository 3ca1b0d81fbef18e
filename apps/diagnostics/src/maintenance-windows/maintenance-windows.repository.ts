import { Injectable } from '@nestjs/common';
import type { ListMaintenanceWindowsQuery, MaintenanceWindow, Suppression } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { MaintenanceWindowRow } from './maintenance-window.entity.js';

/** Whom a window is for; all null and no tags: for everybody. */
export type Scope = Pick<MaintenanceWindowRow, 'customer_id' | 'site_id' | 'device_id'>;

/** A device, as windows look at it. */
export interface CoveredDevice {
  readonly deviceId: string;
  readonly siteId: string | null;
  readonly tags: readonly string[];
}

export type SuppressionRow = Omit<Suppression, 'occurred_at'> & { readonly occurred_at: Date };

type Filters = Omit<ListMaintenanceWindowsQuery, 'limit' | 'cursor'>;

/** Maintenance windows, and what they kept quiet, as rows. */
@Injectable()
export class MaintenanceWindowsRepository {
  /** The windows that a device may be in at that moment; whether a recurring one is open just then, its schedule says. */
  covering(
    manager: EntityManager,
    tenantId: string,
    { deviceId, siteId, tags }: CoveredDevice,
    at: Date,
  ): Promise<MaintenanceWindowRow[]> {
    return manager.query<MaintenanceWindowRow[]>(
      `select w.* from maintenance_windows w
       where w.tenant_id = $1 and w.starts_at <= $2 and (w.ends_at > $2 or w.ends_at is null)
         and (w.device_id is null or w.device_id = $3) and (w.site_id is null or w.site_id = $4)
         and (w.customer_id is null
           or w.customer_id = (select s.customer_id from sites s where s.tenant_id = $1 and s.id = $4))
         and (w.tags = '{}' or w.tags && $5::text[])
       order by w.id`,
      [tenantId, at, deviceId, siteId, tags],
    );
  }

  async insert(manager: EntityManager, row: MaintenanceWindowRow): Promise<void> {
    await manager.insert(MaintenanceWindowRow, row);
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<MaintenanceWindowRow | null> {
    return manager.findOneBy(MaintenanceWindowRow, { tenant_id: tenantId, id });
  }

  /** Held until the transaction ends: nobody changes it in between. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<MaintenanceWindowRow | null> {
    return manager.findOne(MaintenanceWindowRow, {
      where: { tenant_id: tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async update(manager: EntityManager, row: MaintenanceWindowRow): Promise<void> {
    const {
      tenant_id,
      id,
      created_by: _by,
      created_at: _at,
      customer_id: _customer,
      site_id: _site,
      device_id: _device,
      ...changing
    } = row;
    await manager.update(MaintenanceWindowRow, { tenant_id, id }, changing);
  }

  async remove(manager: EntityManager, tenantId: string, id: string): Promise<void> {
    await manager.delete(MaintenanceWindowRow, { tenant_id: tenantId, id });
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    filters: Filters,
    limit: number,
    after?: PagePosition,
  ): Promise<MaintenanceWindowRow[]> {
    const query = manager.createQueryBuilder(MaintenanceWindowRow, 'w').where('w.tenant_id = :tenantId', { tenantId });
    for (const name of ['customer_id', 'site_id', 'device_id'] as const) {
      if (filters[name] !== undefined) query.andWhere(`w.${name} = :${name}`, { [name]: filters[name] });
    }
    if (after) query.andWhere('(w.created_at, w.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('w.created_at', 'DESC')
      .addOrderBy('w.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  /** What a window kept quiet, newest first; one row more than the limit. */
  suppressions(
    manager: EntityManager,
    tenantId: string,
    windowId: string,
    limit: number,
    after?: PagePosition,
  ): Promise<SuppressionRow[]> {
    return manager.query<SuppressionRow[]>(
      `select id, finding_id, device_id, event_type, severity, title, diagnostic_id, occurred_at from suppressions
       where tenant_id = $1 and maintenance_window_id = $2
         and ($3::timestamptz is null or (occurred_at, id) < ($3, $4))
       order by occurred_at desc, id desc limit $5`,
      [tenantId, windowId, after?.createdAt ?? null, after?.id ?? null, limit + 1],
    );
  }

  /** Keeps whom a window is for there until the transaction ends. @returns what is not there */
  async missing(manager: EntityManager, tenantId: string, scope: Scope): Promise<keyof Scope | undefined> {
    for (const [name, table] of TABLES) {
      if (scope[name] === null) continue;
      const found = await manager.query<unknown[]>(
        `select from ${table} where tenant_id = $1 and id = $2 for key share`,
        [tenantId, scope[name]],
      );
      if (found.length === 0) return name;
    }
    return undefined;
  }
}

const TABLES = [
  ['customer_id', 'customers'],
  ['site_id', 'sites'],
  ['device_id', 'devices'],
] as const;

/** A row as the API shows it. */
export function toMaintenanceWindow({ tenant_id: _tenant, ...row }: MaintenanceWindowRow): MaintenanceWindow {
  return {
    ...row,
    starts_at: row.starts_at.toISOString(),
    ends_at: row.ends_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
