import { Injectable } from '@nestjs/common';
import type { ListThresholdsQuery, Threshold } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { ThresholdRow } from './threshold.entity.js';

/** Where a device stands among the scopes; null: the override is wider than that. */
export interface Place {
  readonly siteId: string | null;
  readonly deviceId: string | null;
}

type Filters = Omit<ListThresholdsQuery, 'limit' | 'cursor'>;

/** Overrides as rows. */
@Injectable()
export class ThresholdsRepository {
  /** The overrides of the tenant, of that site and of that device: one look into one index. */
  concerning(manager: EntityManager, tenantId: string, { siteId, deviceId }: Place): Promise<ThresholdRow[]> {
    return manager.query<ThresholdRow[]>(
      `select ${COLUMNS} from thresholds where tenant_id = $1 and target in ('', $2, $3)`,
      [tenantId, siteId, deviceId],
    );
  }

  /** All overrides of one check, wherever they hold. */
  ofCheck(manager: EntityManager, tenantId: string, code: string): Promise<ThresholdRow[]> {
    return manager.findBy(ThresholdRow, { tenant_id: tenantId, code });
  }

  /** @returns false when the check has an override there already */
  async insert(manager: EntityManager, row: ThresholdRow): Promise<boolean> {
    const result = await manager
      .createQueryBuilder()
      .insert()
      .into(ThresholdRow)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<ThresholdRow | null> {
    return manager.findOneBy(ThresholdRow, { tenant_id: tenantId, id });
  }

  /** Held until the transaction ends: nobody changes it in between. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<ThresholdRow | null> {
    return manager.findOne(ThresholdRow, { where: { tenant_id: tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  async update(manager: EntityManager, row: ThresholdRow): Promise<void> {
    const { tenant_id, id, levels, fails_before_alert, enabled, version, updated_at } = row;
    await manager.update(ThresholdRow, { tenant_id, id }, { levels, fails_before_alert, enabled, version, updated_at });
  }

  async remove(manager: EntityManager, tenantId: string, id: string): Promise<void> {
    await manager.delete(ThresholdRow, { tenant_id: tenantId, id });
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    filters: Filters,
    limit: number,
    after?: PagePosition,
  ): Promise<ThresholdRow[]> {
    const query = manager.createQueryBuilder(ThresholdRow, 't').where('t.tenant_id = :tenantId', { tenantId });
    for (const name of ['scope', 'site_id', 'device_id', 'code'] as const) {
      if (filters[name] !== undefined) query.andWhere(`t.${name} = :${name}`, { [name]: filters[name] });
    }
    if (after) query.andWhere('(t.created_at, t.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('t.created_at', 'DESC')
      .addOrderBy('t.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  /** Keeps the site or device of an override there until the transaction ends. */
  async hold(manager: EntityManager, { tenant_id, site_id, device_id }: ThresholdRow): Promise<void> {
    if (site_id !== null) await manager.query(`${SITE} for key share`, [tenant_id, site_id]);
    if (device_id !== null) await manager.query(`${DEVICE} for key share`, [tenant_id, device_id]);
  }

  async hasSite(manager: EntityManager, tenantId: string, id: string): Promise<boolean> {
    return (await manager.query<unknown[]>(SITE, [tenantId, id])).length > 0;
  }

  /** Where a device stands; null when there is no such device. */
  async placeOf(manager: EntityManager, tenantId: string, deviceId: string): Promise<Place | null> {
    const [device] = await manager.query<{ site_id: string | null }[]>(DEVICE, [tenantId, deviceId]);
    return device ? { siteId: device.site_id, deviceId } : null;
  }
}

const COLUMNS =
  'tenant_id, id, scope, site_id, device_id, code, levels, fails_before_alert, enabled, version, created_at, updated_at';
const SITE = 'select id from sites where tenant_id = $1 and id = $2';
const DEVICE = 'select site_id from devices where tenant_id = $1 and id = $2';

/** A row as the API shows it. */
export function toThreshold({ tenant_id: _tenant, ...row }: ThresholdRow): Threshold {
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
}
