import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SeriesName } from './series-name.js';
import type { SeriesState } from './series-watch.js';

/** A state as it is stored; `state` is null where it was not asked for. */
export interface StoredState extends SeriesName {
  readonly version: number;
  readonly rows: number;
  readonly last_at: Date;
  readonly last_value: number;
  readonly heard_ms: number;
  readonly silence: Buffer;
  readonly state: Buffer | null;
}

/** What the detectors remember of each series, as rows. */
@Injectable()
export class MetricStatesRepository {
  /** Of all series of a device what little is needed of a silent one, and of `wanted` everything. */
  ofDevice(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    wanted: readonly SeriesName[],
  ): Promise<StoredState[]> {
    return manager.query<StoredState[]>(OF_DEVICE, [tenantId, deviceId, ...columnsOf(wanted)]);
  }

  /** In one statement and in the order of their names. The bytes go as one value: as a list of values they would be twice as long, in text. */
  async save(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    version: number,
    states: readonly (SeriesName & SeriesState)[],
  ): Promise<void> {
    if (states.length === 0) return;
    const bytes = Buffer.concat(states.flatMap(({ silence, state }) => [silence, state]));
    await manager.query(SAVE, [
      tenantId,
      deviceId,
      version,
      bytes,
      ...columnsOf(states),
      states.map(({ rows }) => rows),
      states.map(({ lastAt }) => new Date(lastAt)),
      states.map(({ lastValue }) => lastValue),
      states.map(({ silence }) => silence.length),
      states.map(({ state }) => state.length),
    ]);
  }

  /** For how long series have been waited for. */
  async wait(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    waited: readonly (SeriesName & { readonly heardMs: number })[],
  ): Promise<void> {
    if (waited.length === 0) return;
    const heard = waited.map(({ heardMs }) => heardMs);
    await manager.query(WAIT, [tenantId, deviceId, ...columnsOf(waited), heard]);
  }

  /** Their next sample makes them anew from what is stored. */
  async forget(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    series: readonly SeriesName[],
  ): Promise<void> {
    await manager.query(FORGET, [tenantId, deviceId, ...columnsOf(series)]);
  }
}

function columnsOf(series: readonly SeriesName[]): [string[], string[]] {
  return [series.map(({ metric }) => metric), series.map(({ instance }) => instance)];
}

const NAMED = 'select * from unnest($3::text[], $4::text[])';
const OF_DEVICE = `
  select metric, instance, version, rows, last_at, last_value, heard_ms, silence,
    case when (metric, instance) in (${NAMED}) then state end as state
  from metric_states where tenant_id = $1 and device_id = $2`;
const SAVE = `
  with sizes as (
    select s.*, 1 + sum(silence + state) over (order by nth) - silence - state as place
    from unnest($5::text[], $6::text[], $7::int[], $8::timestamptz[], $9::float8[], $10::int[], $11::int[])
      with ordinality as s (metric, instance, rows, last_at, last_value, silence, state, nth)
  )
  insert into metric_states (tenant_id, device_id, version, metric, instance, rows, last_at, last_value, silence, state)
  select $1, $2, $3, metric, instance, rows, last_at, last_value, substring($4::bytea from place::int for silence),
    substring($4::bytea from place::int + silence for state)
  from sizes order by metric, instance
  on conflict (tenant_id, device_id, metric, instance) do update
    set (version, rows, last_at, last_value, heard_ms, silence, state)
      = (excluded.version, excluded.rows, excluded.last_at, excluded.last_value, 0, excluded.silence, excluded.state)`;
const WAIT = `
  update metric_states s set heard_ms = w.heard_ms
  from unnest($3::text[], $4::text[], $5::float8[]) as w (metric, instance, heard_ms)
  where s.tenant_id = $1 and s.device_id = $2 and s.metric = w.metric and s.instance = w.instance`;
const FORGET = `delete from metric_states where tenant_id = $1 and device_id = $2 and (metric, instance) in (${NAMED})`;
