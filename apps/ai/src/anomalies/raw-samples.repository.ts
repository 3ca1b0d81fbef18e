import { Injectable } from '@nestjs/common';
import type { Measurement } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import type { DiagnosticSamples } from './device-watch.js';
import type { SeriesName } from './series-name.js';
import { DAY_MS, type DailySeries } from './slow-watch.js';

/** More samples than detectors remember of a series teach them nothing. */
export const SAMPLES_RELIVED = 2_000;
/** Samples of earlier diagnostics that are taken along with a later one; what is older has missed its turn. */
const SAMPLES_TAKEN_ALONG = 20_000;
/** Peers that a device is compared with: more would hardly move a median. */
const MOST_PEERS = 200;

/** A series as it is stored, the oldest first. */
export interface StoredSamples extends SeriesName {
  readonly at: number[];
  readonly values: number[];
}

interface Sample extends Measurement {
  readonly at: Date;
  readonly diagnostic_id: string;
}

/** The samples themselves, which the diagnostics service writes. */
@Injectable()
export class RawSamplesRepository {
  /**
   * Diagnostics that came in between the newest scored one and this moment: events come in any order, samples are scored in
   * the order of the device's clock.
   */
  async skipped(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    before: Date,
  ): Promise<DiagnosticSamples[]> {
    const rows = await manager.query<Sample[]>(SKIPPED, [tenantId, deviceId, before, SAMPLES_TAKEN_ALONG]);
    const diagnostics = new Map<string, { diagnosticId: string; at: number; measurements: Measurement[] }>();
    for (const { diagnostic_id: diagnosticId, at, ...sample } of rows.reverse()) {
      const known = diagnostics.get(diagnosticId);
      if (known) known.measurements.push(sample);
      else diagnostics.set(diagnosticId, { diagnosticId, at: at.getTime(), measurements: [sample] });
    }
    return [...diagnostics.values()];
  }

  /** The newest of each series, from `from` to before `before`. */
  before(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    series: readonly SeriesName[],
    before: Date,
    limit: number,
  ): Promise<StoredSamples[]> {
    return manager.query<StoredSamples[]>(BEFORE, [
      tenantId,
      deviceId,
      series.map(({ metric }) => metric),
      series.map(({ instance }) => instance),
      before,
      limit,
    ]);
  }

  /** The medians of the last thirty days of each series of these metrics. */
  daily(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    metrics: readonly string[],
    until: Date,
  ): Promise<DailySeries[]> {
    return manager.query<DailySeries[]>(DAILY, [tenantId, deviceId, metrics, until, DAY_MS]);
  }

  /** What devices of the same model and system measured last, within a week. */
  async peers(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    metrics: readonly string[],
    until: Date,
  ): Promise<Map<string, number[]>> {
    const rows = await manager.query<{ metric: string; values: number[] }[]>(PEERS, [
      tenantId,
      deviceId,
      metrics,
      until,
      MOST_PEERS,
    ]);
    return new Map(rows.map(({ metric, values }) => [metric, values]));
  }
}

// The newest of them where there are too many, so backwards.
const SKIPPED = `
  select metric, instance, value, at, diagnostic_id from measurements
  where tenant_id = $1 and device_id = $2 and at < $3
    and at > (select max(at) from scored_diagnostics where tenant_id = $1 and device_id = $2)
  order by at desc, diagnostic_id desc limit $4`;
const BEFORE = `
  select w.metric, w.instance, coalesce(s.at, '{}') as at, coalesce(s.values, '{}') as values
  from unnest($3::text[], $4::text[]) as w (metric, instance)
  cross join lateral (
    select array_agg((1000 * extract(epoch from at))::float8 order by at) as at, array_agg(value order by at) as values
    from (select at, value from measurements
          where tenant_id = $1 and device_id = $2 and metric = w.metric and instance = w.instance and at < $5
          order by at desc limit $6) newest
  ) s`;
const DAILY = `
  select metric, instance, array_agg(day order by day) as days, array_agg(level order by day) as levels
  from (select metric, instance, $5::float8 * floor(1000 * extract(epoch from at)::float8 / $5::float8) as day,
          percentile_cont(0.5) within group (order by value) as level
        from measurements
        where tenant_id = $1 and device_id = $2 and metric = any($3) and at > $4::timestamptz - interval '30 days'
          and at <= $4::timestamptz
        group by 1, 2, 3) days
  group by metric, instance`;
const PEERS = `
  select s.metric, array_agg(s.last_value) as values
  from (select peer.id from devices own
        join devices peer on peer.tenant_id = $1 and peer.model = own.model and peer.os = own.os and peer.id <> own.id
        where own.tenant_id = $1 and own.id = $2 order by peer.id limit $5) peer
  join metric_states s on s.tenant_id = $1 and s.device_id = peer.id and s.metric = any($3)
    and s.last_at > $4::timestamptz - interval '7 days'
  group by s.metric`;
