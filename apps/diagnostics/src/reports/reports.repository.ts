import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { MachineFacts, PastFacts } from './report-facts.js';

/** Enough for a chart of the width of half a page. */
const PAST_DIAGNOSTICS = 30;

/** What a report needs beside the diagnostic itself. */
@Injectable()
export class ReportsRepository {
  async findMachine(manager: EntityManager, tenantId: string, deviceId: string): Promise<MachineFacts | undefined> {
    const [machine] = await manager.query<MachineFacts[]>(
      `select device.name, device.hostname, device.serial, device.manufacturer, device.model, device.os,
              customer.name as customer, site.name as site, site.timezone
       from devices device
       left join sites site on site.tenant_id = $1 and site.id = device.site_id
       left join customers customer on customer.tenant_id = $1 and customer.id = site.customer_id
       where device.tenant_id = $1 and device.id = $2`,
      [tenantId, deviceId],
    );
    return machine;
  }

  /**
   * The device's diagnostics up to that one, oldest first, with their readings of those checks. Codes are compared as
   * JSON: a name that a device gave itself may hold what Postgres cannot turn into text.
   */
  async findPast(
    manager: EntityManager,
    tenantId: string,
    diagnostic: { readonly id: string; readonly device_id: string },
    codes: readonly string[],
  ): Promise<PastFacts[]> {
    const rows = await manager.query<PastFacts[]>(
      `select d.id, coalesce(d.seen_at, d.collected_at, d.created_at) as at, d.score,
              coalesce((select json_agg(reading) from json_array_elements(d.readings) as reading
                        where (reading -> 'code')::text = any($4)), '[]') as readings
       from diagnostics d
       where d.tenant_id = $1 and d.device_id = $2 and d.status = 'completed'
         and d.created_at <= (select created_at from diagnostics where tenant_id = $1 and id = $3)
       order by d.created_at desc, d.id desc
       limit ${PAST_DIAGNOSTICS}`,
      [tenantId, diagnostic.device_id, diagnostic.id, codes.map((code) => JSON.stringify(code))],
    );
    return rows.sort((a, b) => a.at.getTime() - b.at.getTime());
  }
}
