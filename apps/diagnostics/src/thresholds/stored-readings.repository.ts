import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredReading } from '../scoring/index.js';

/** A device whose past is asked for. */
export interface DeviceWanted {
  readonly id: string;
  readonly site_id: string | null;
}

/** What one diagnostic read for one check. */
export interface StoredSight {
  readonly id: string;
  readonly device_id: string;
  readonly site_id: string | null;
  /** What the diagnostics of a device are ordered by. */
  readonly at: Date;
  /** Null: stored by a release that kept no readings. Empty: there was nothing for the check to judge. */
  readonly readings: StoredReading[] | null;
}

/** Which sights: of one check in the devices of a tenant, of one of its sites, or of one device. */
export interface SightsWanted {
  readonly tenantId: string;
  readonly siteId: string | null;
  readonly deviceId: string | null;
  readonly code: string;
  readonly from: Date;
  readonly to: Date;
}

/** The input of past verdicts. */
@Injectable()
export class StoredReadings {
  /** The next devices behind `after`, in the order of their ids: all of them, of one site, or one. */
  devices(
    manager: EntityManager,
    { tenantId, siteId, deviceId }: SightsWanted,
    after: string,
    limit: number,
  ): Promise<DeviceWanted[]> {
    return manager.query<DeviceWanted[]>(
      `select id, site_id from devices
       where tenant_id = $1 and id > $2 and ($3::text is null or site_id = $3) and ($4::text is null or id = $4)
       order by id limit $5`,
      [tenantId, after, siteId, deviceId, limit],
    );
  }

  /**
   * The next sights of these devices, device by device in the order given and each device's in the order of its clock.
   * @param after the first device's sights up to this one are left out
   */
  async sights(
    manager: EntityManager,
    wanted: SightsWanted,
    devices: readonly DeviceWanted[],
    after: StoredSight | undefined,
    limit: number,
  ): Promise<StoredSight[]> {
    const sights = await manager.query<StoredSight[]>(SIGHTS, [
      wanted.tenantId,
      wanted.from,
      wanted.to,
      `"code":"${wanted.code}"`,
      devices.map(({ id }) => id),
      devices.map(({ site_id }) => site_id),
      after?.at ?? wanted.from,
      after?.id ?? '',
      limit,
    ]);
    return sights.map((sight) => ({
      ...sight,
      readings: sight.readings && sight.readings.filter(({ code }) => code === wanted.code),
    }));
  }
}

// Device by device, so that a page costs what is in it. Nothing is seen later than it was stored, so created_at finds the
// time by the index. Milliseconds, as a Date holds them: a page begins where the last one ended. The look for the code in
// the text (as JSON.stringify wrote it) keeps many readings from being sent; Postgres would choke on a NUL in the others.
const SIGHTS = `
  select d.id, v.id as device_id, v.site_id, d.at,
    case when position($4 in d.readings::text) = 0 then '[]'::json else d.readings end as readings
  from unnest($5::text[], $6::text[]) with ordinality v (id, site_id, nth)
  cross join lateral (
    select id, at, readings from diagnostics, lateral (select date_trunc('milliseconds', coalesce(seen_at, created_at)) as at) seen
    where tenant_id = $1 and device_id = v.id and status = 'completed' and created_at >= $2 and at >= $2 and at < $3
      and (v.nth > 1 or (at, id) > ($7, $8))
    order by at, id limit $9
  ) d
  order by v.nth, d.at, d.id limit $9`;
