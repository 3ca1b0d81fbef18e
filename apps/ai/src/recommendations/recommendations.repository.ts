import { Injectable } from '@nestjs/common';
import type { DismissedRecommendation } from '@techze/contracts';
import type { EntityManager } from 'typeorm';

/** The worst findings of a tenant: what comes after them is on no page. */
const FINDINGS_READ = 2_000;
const ANOMALIES_READ = 500;
/** Of all devices only those with the most points lost are predicted for: a model looks at every sample of a month. */
const DEVICES_PREDICTED = 10;
/**
 * A fleet that is larger is looked at in part: those devices that were heard of last. So many take a third of a second to
 * read, and are plenty for a test.
 */
const FLEET_READ = 5_000;

/**
 * What recommendations rest on. Each part comes as JSON that the database wrote: the worker parses it, so that the event
 * loop never does.
 */
@Injectable()
export class RecommendationsRepository {
  async hasDevice(manager: EntityManager, tenantId: string, deviceId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>('select 1 from devices where tenant_id = $1 and id = $2', [
      tenantId,
      deviceId,
    ]);
    return rows.length > 0;
  }

  /** The device whose recommendations have ids that begin so. It is asked once a dismissal, and by hash: all are looked at. */
  async deviceMarked(manager: EntityManager, tenantId: string, mark: string): Promise<string | undefined> {
    const [row] = await manager.query<{ id: string }[]>(
      `select id from devices where tenant_id = $1
         and left(encode(sha256(convert_to(tenant_id || chr(10) || id, 'UTF8')), 'hex'), 16) = $2`,
      [tenantId, mark],
    );
    return row?.id;
  }

  /** @param deviceId null: of all devices @returns the members of Facts that are stored, as one JSON object's inside */
  async facts(manager: EntityManager, tenantId: string, deviceId: string | null): Promise<string> {
    const devices = deviceId === null ? await this.worstDevices(manager, tenantId) : [deviceId];
    const [row] = await manager.query<Record<string, string>[]>(FACTS, [tenantId, deviceId, devices]);
    return Object.entries(row ?? {})
      .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
      .join(',');
  }

  async dismiss(manager: EntityManager, tenantId: string, dismissed: DismissedRecommendation): Promise<void> {
    const { id, device_id, code, priority, reason, dismissed_by, dismissed_at } = dismissed;
    await manager.query(DISMISS, [
      ...[tenantId, id, device_id, code, priority],
      ...[reason, dismissed_by, dismissed_at],
    ]);
  }

  private async worstDevices(manager: EntityManager, tenantId: string): Promise<string[]> {
    const rows = await manager.query<{ device_id: string }[]>(
      `select device_id from findings where tenant_id = $1 and state = 'open'
       group by device_id order by sum(points) desc, device_id limit $2`,
      [tenantId, DEVICES_PREDICTED],
    );
    return rows.map(({ device_id }) => device_id);
  }
}

const list = (query: string) => `(select coalesce(json_agg(found), '[]')::text from (${query}) found)`;

const OF = 'tenant_id = $1 and ($2::text is null or device_id = $2)';

// A sample a day of SMART (its counters only grow), one an hour of the rest: as many as the models need.
const SERIES = `
  select device_id, metric, instance, (array_agg(diagnostic_id order by at desc))[1] as diagnostic_id,
    array_agg(round(extract(epoch from at) * 1000) order by at) as at, array_agg(value order by at) as values
  from (
    select distinct on (device_id, metric, instance, bucket) device_id, metric, instance, at, value, diagnostic_id,
      date_trunc(case when metric like 'smart.%' then 'day' else 'hour' end, at) as bucket
    from measurements
    where tenant_id = $1 and device_id = any($3)
      and (metric like 'smart.%' or metric in ('disk.used_bytes', 'disk.used_ratio', 'battery.health'))
    order by device_id, metric, instance, bucket, at desc) sampled
  group by device_id, metric, instance`;

const FACTS = `
  select (select count(*)::text from (
      select from diagnostics where ${OF} and status = 'completed' limit 1) known) as diagnostics,
    ${list(`select id, device_id, key, code, instance, severity, evidence, points, last_seen from findings
      where ${OF} and state = 'open' order by points desc, id limit ${FINDINGS_READ}`)} as findings,
    ${list(`select id, device_id, metric, instance, severity, value, expected_high, score, end_at from anomalies
      where ${OF} and state = 'open' and severity <> 'info' and verdict is distinct from 'false_positive'
      order by score desc, id limit ${ANOMALIES_READ}`)} as anomalies,
    ${list(SERIES)} as series,
    ${list(`select d.id as device_id, part ->> 'serial' as serial, part ->> 'name' as name
      from devices d, json_array_elements(case json_typeof(d.hardware -> 'disks' -> 'parts')
        when 'array' then d.hardware -> 'disks' -> 'parts' else '[]' end) as part
      where d.tenant_id = $1 and d.id = any($3)`)} as disks,
    ${list(`select d.id as device_id, d.last_seen_at as last_seen,
        json_strip_nulls(json_build_object('model', d.model, 'manufacturer', d.manufacturer, 'os', d.os)) as attributes,
        coalesce(open.findings, '{}') as findings
      from (select id, model, manufacturer, os, last_seen_at from devices where tenant_id = $1
        order by last_seen_at desc nulls last, id limit ${FLEET_READ}) d
      left join (select device_id, json_object_agg(code, id) as findings
        from (select device_id, code, min(id) as id from findings where tenant_id = $1 and state = 'open'
          group by device_id, code) first group by device_id) open on open.device_id = d.id
      order by d.id`)} as fleet,
    ${list('select id, priority from recommendation_dismissals where tenant_id = $1')} as dismissals`;

const DISMISS = `
  insert into recommendation_dismissals (tenant_id, id, device_id, code, priority, reason, dismissed_by, dismissed_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (tenant_id, id) do update
    set (priority, reason, dismissed_by, dismissed_at)
      = (excluded.priority, excluded.reason, excluded.dismissed_by, excluded.dismissed_at)`;
