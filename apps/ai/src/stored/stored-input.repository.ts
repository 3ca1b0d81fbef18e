import { Injectable } from '@nestjs/common';
import { AI_ROWS_MAX, Problem } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import type {
  StoredColumn,
  StoredDisk,
  StoredFindings,
  StoredSeries,
  WantedDisk,
  WantedSeries,
} from './stored-input.js';

/** A fleet that is larger is looked at in part: those devices that were heard of last. */
const DEVICES_MAX = 20_000;

interface ColumnRow {
  readonly metric: string;
  readonly instance: string;
  readonly rows: number;
  readonly at: Buffer;
  readonly values: Buffer;
}

/**
 * What is stored of a tenant's devices, as rows of bytes: 100,000 numbers as text would hold up the event loop that reads
 * them, as bytes they are copied.
 */
@Injectable()
export class StoredInputRepository {
  async hasDevice(manager: EntityManager, tenantId: string, deviceId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>('select 1 from devices where tenant_id = $1 and id = $2', [
      tenantId,
      deviceId,
    ]);
    return rows.length > 0;
  }

  /** Which instances of the metric there are. */
  async instances(manager: EntityManager, tenantId: string, wanted: WantedSeries): Promise<{ instance: string }[]> {
    const { device_id, metric, instance, from, to } = wanted;
    const of = [tenantId, device_id, metric, instance ?? null, from ?? null, to ?? null];
    return manager.query<{ instance: string }[]>(INSTANCES, of);
  }

  /** @throws Problem `payload-too-large` with more rows than any request may have */
  async series(
    manager: EntityManager,
    tenantId: string,
    wanted: WantedSeries & { readonly instance: string },
  ): Promise<StoredSeries | undefined> {
    const { device_id, metric, instance, from, to } = wanted;
    const of = [tenantId, device_id, metric, instance, from ?? null, to ?? null];
    const [row] = await manager.query<ColumnRow[]>(SERIES, of);
    if (row && row.rows > AI_ROWS_MAX) throw new Problem('payload-too-large', { details: { rows_max: AI_ROWS_MAX } });
    return row && toSeries(row);
  }

  /** The SMART series of the device's disks, one disk an instance: the newest sample of each day, as the model needs. */
  async disks(manager: EntityManager, tenantId: string, { device_id, instance }: WantedDisk): Promise<StoredDisk[]> {
    const [rows, parts] = await Promise.all([
      manager.query<ColumnRow[]>(SMART, [tenantId, device_id, instance ?? null]),
      manager.query<{ serial: string; name: string | null }[]>(PARTS, [tenantId, device_id]),
    ]);
    const models = new Map(parts.map(({ serial, name }) => [serial, name]));
    const disks = new Map<string, ColumnRow[]>();
    for (const row of rows) disks.set(row.instance, [...(disks.get(row.instance) ?? []), row]);
    return [...disks].map(([serial, columns]) => ({
      instance: serial,
      model: models.get(serial) ?? null,
      attributes: columns.map((row) => ({ id: Number(row.metric.slice('smart.'.length)), ...toSeries(row) })),
    }));
  }

  /** The devices and what is open on them now. */
  async findings(manager: EntityManager, tenantId: string): Promise<StoredFindings['devices']> {
    const [row] = await manager.query<StoredFindings[]>(FINDINGS, [tenantId, DEVICES_MAX]);
    return row?.devices ?? '[]';
  }
}

function toSeries({ instance, at, values }: ColumnRow): StoredSeries & { at: StoredColumn; values: StoredColumn } {
  return { instance, at, values };
}

/** float8send is the binary form of the protocol: eight bytes, the most significant first. */
const COLUMNS = `metric, instance, count(*)::int as rows,
    string_agg(float8send((extract(epoch from at) * 1000)::float8), ''::bytea order by at) as at,
    string_agg(float8send(value), ''::bytea order by at) as values`;

const OF = `tenant_id = $1 and device_id = $2 and metric = $3 and ($4::text is null or instance = $4)
      and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)`;

const INSTANCES = `select distinct instance from measurements where ${OF} order by instance`;

const SERIES = `
  select ${COLUMNS} from (
    select metric, instance, at, value from measurements
    where ${OF}
    order by at limit ${AI_ROWS_MAX + 1}) as raw
  group by metric, instance`;

// Its counters only grow: a device that is diagnosed every five minutes has 130,000 rows of a disk in a month.
const SMART = `
  select ${COLUMNS} from (
    select distinct on (metric, instance, date_trunc('day', at, 'UTC')) metric, instance, at, value from measurements
    where tenant_id = $1 and device_id = $2 and metric like 'smart.%' and ($3::text is null or instance = $3)
    order by metric, instance, date_trunc('day', at, 'UTC'), at desc) as daily
  group by metric, instance order by instance, metric`;

const PARTS = `
  select part ->> 'serial' as serial, part ->> 'name' as name
  from devices, json_array_elements(hardware -> 'disks' -> 'parts') as part
  where tenant_id = $1 and id = $2 and json_typeof(hardware -> 'disks' -> 'parts') = 'array'`;

const FINDINGS = `
  select coalesce(json_agg(json_build_object('id', d.id, 'findings', coalesce(open.codes, '{}'), 'attributes',
    json_strip_nulls(json_build_object('model', d.model, 'manufacturer', d.manufacturer, 'os', d.os))) order by d.id), '[]')::text
    as devices
  from (select id, model, manufacturer, os from devices where tenant_id = $1
    order by last_seen_at desc nulls last, id limit $2) d
  left join (select device_id, array_agg(distinct code) as codes from findings
    where tenant_id = $1 and state = 'open' group by device_id) open on open.device_id = d.id`;
