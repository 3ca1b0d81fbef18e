import { Injectable } from '@nestjs/common';
import type { AnomalyRate, ListAnomaliesQuery } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { AnomalyRow } from './anomaly.entity.js';
import type { ScoredDiagnostic } from './device-watch.js';
import type { Judgement } from './feedback.js';
import type { SeriesName } from './series-name.js';

/** The newest so many of what people said of a device's anomalies count. */
const JUDGEMENTS_READ = 200;

type Filters = Omit<ListAnomaliesQuery, 'limit' | 'cursor'>;

/** What is known of a diagnostic before it is scored. */
export interface Standing {
  /** It is there, and was not deleted in the meantime. */
  readonly exists: boolean;
  readonly scored: boolean;
  /** When the newest scored diagnostic of the device was seen. */
  readonly newest: Date | null;
}

/** Anomalies, and the count of them, as rows. */
@Injectable()
export class AnomaliesRepository {
  /** Whatever is written of a device's series is written by one at a time. Held until the transaction ends. */
  async lockDevice(manager: EntityManager, tenantId: string, deviceId: string): Promise<void> {
    await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`anomalies ${tenantId} ${deviceId}`]);
  }

  async standing(manager: EntityManager, tenantId: string, deviceId: string, diagnosticId: string): Promise<Standing> {
    const [row] = await manager.query<Standing[]>(STANDING, [tenantId, deviceId, diagnosticId]);
    return row ?? { exists: false, scored: false, newest: null };
  }

  open(manager: EntityManager, tenantId: string, deviceId: string): Promise<AnomalyRow[]> {
    return manager.query<AnomalyRow[]>(
      `select * from anomalies where tenant_id = $1 and device_id = $2 and state = 'open'`,
      [tenantId, deviceId],
    );
  }

  /** @param series one of them, or all of the device */
  async judgements(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    series?: SeriesName,
  ): Promise<(SeriesName & Judgement)[]> {
    const rows = await manager.query<(SeriesName & Omit<Judgement, 'at'> & { at: Date })[]>(JUDGEMENTS, [
      tenantId,
      deviceId,
      series?.metric ?? null,
      series?.instance ?? null,
      JUDGEMENTS_READ,
    ]);
    return rows.map((row) => ({ ...row, at: row.at.getTime() }));
  }

  /** New ones and changed ones. Those that ended first: a series has one open anomaly of each detector. */
  async save(manager: EntityManager, rows: readonly AnomalyRow[]): Promise<void> {
    const byState = (state: string) => rows.filter((row) => row.state === state);
    for (const some of [byState('closed'), byState('open')])
      if (some.length > 0) await manager.query(SAVE, [JSON.stringify(some)]);
  }

  async count(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    scored: readonly ScoredDiagnostic[],
  ): Promise<void> {
    await manager.query(COUNT, [
      tenantId,
      deviceId,
      scored.map(({ diagnosticId }) => diagnosticId),
      scored.map(({ at }) => new Date(at)),
      scored.map(({ samples }) => samples),
      scored.map((each) => each.scored),
      scored.map(({ anomalous }) => anomalous),
    ]);
  }

  /** Undefined where there is no such device. */
  async rate(manager: EntityManager, tenantId: string, deviceId: string): Promise<AnomalyRate | undefined> {
    interface Row {
      readonly samples_24h: number;
      readonly anomalous_24h: number;
      readonly samples_7d: number;
      readonly anomalous_7d: number;
      readonly open: number;
    }
    const [row] = await manager.query<Row[]>(RATE, [tenantId, deviceId]);
    return (
      row && {
        device_id: deviceId,
        last_24h: rateOf(row.samples_24h, row.anomalous_24h),
        last_7d: rateOf(row.samples_7d, row.anomalous_7d),
        open: row.open,
      }
    );
  }

  async hasDevice(manager: EntityManager, tenantId: string, deviceId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>('select 1 from devices where tenant_id = $1 and id = $2', [
      tenantId,
      deviceId,
    ]);
    return rows.length > 0;
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<AnomalyRow | null> {
    return manager.findOneBy(AnomalyRow, { tenant_id: tenantId, id });
  }

  /** What people said of it, and what comes of that. */
  async judge(manager: EntityManager, row: AnomalyRow): Promise<void> {
    const { tenant_id, id, state, verdict, verdict_by, verdict_at, version, updated_at } = row;
    await manager.update(
      AnomalyRow,
      { tenant_id, id },
      { state, verdict, verdict_by, verdict_at, version, updated_at },
    );
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    filters: Filters,
    limit: number,
    after?: PagePosition,
  ): Promise<AnomalyRow[]> {
    const query = manager.createQueryBuilder(AnomalyRow, 'a').where('a.tenant_id = :tenantId', { tenantId });
    for (const name of ['device_id', 'metric', 'kind', 'severity', 'state'] as const) {
      if (filters[name] !== undefined) query.andWhere(`a.${name} = :${name}`, { [name]: filters[name] });
    }
    if (filters.from !== undefined) query.andWhere('a.end_at >= :from', { from: new Date(filters.from) });
    if (filters.to !== undefined) query.andWhere('a.start_at < :to', { to: new Date(filters.to) });
    if (after) query.andWhere('(a.created_at, a.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('a.created_at', 'DESC')
      .addOrderBy('a.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }
}

function rateOf(samples: number, anomalous: number): AnomalyRate['last_24h'] {
  return { samples, anomalous, rate: samples === 0 ? null : anomalous / samples };
}

const STANDING = `
  select exists (select from diagnostics where tenant_id = $1 and id = $3) as exists,
    exists (select from scored_diagnostics where tenant_id = $1 and diagnostic_id = $3) as scored,
    (select max(at) from scored_diagnostics where tenant_id = $1 and device_id = $2) as newest`;
const JUDGEMENTS = `
  select metric, instance, detector, side, size, verdict, verdict_at as at from anomalies
  where tenant_id = $1 and device_id = $2 and verdict is not null
    and ($3::text is null or metric = $3 and instance = $4)
  order by verdict_at desc limit $5`;
const COUNT = `
  insert into scored_diagnostics (tenant_id, device_id, diagnostic_id, at, samples, scored, anomalous)
  select $1, $2, d.* from unnest($3::text[], $4::timestamptz[], $5::int[], $6::int[], $7::int[]) as d`;
const RATE = `
  select coalesce(sum(scored) filter (where at > now() - interval '24 hours'), 0)::int as samples_24h,
    coalesce(sum(anomalous) filter (where at > now() - interval '24 hours'), 0)::int as anomalous_24h,
    coalesce(sum(scored), 0)::int as samples_7d, coalesce(sum(anomalous), 0)::int as anomalous_7d,
    (select count(*) from anomalies where tenant_id = $1 and device_id = $2 and state = 'open')::int as open
  from devices d left join scored_diagnostics s on s.tenant_id = $1 and s.device_id = $2
    and s.at > now() - interval '7 days'
  where d.tenant_id = $1 and d.id = $2 group by d.id`;

const fixed = {
  tenant_id: 'text',
  id: 'text',
  device_id: 'text',
  metric: 'text',
  instance: 'text',
  detector: 'text',
  start_at: 'timestamptz',
  created_at: 'timestamptz',
};
/** What people said is written where they say it. */
type Said = 'verdict' | 'verdict_by' | 'verdict_at';
const changing = {
  peak_diagnostic_id: 'text',
  kind: 'text',
  severity: 'text',
  state: 'text',
  score: 'float8',
  threshold: 'float8',
  value: 'float8',
  expected_low: 'float8',
  expected_high: 'float8',
  size: 'float8',
  side: 'smallint',
  contributors: 'json',
  end_at: 'timestamptz',
  peak_at: 'timestamptz',
  samples: 'integer',
  quiet: 'integer',
  version: 'integer',
  updated_at: 'timestamptz',
} satisfies Record<Exclude<keyof AnomalyRow, keyof typeof fixed | Said>, string>;
const columns = Object.entries({ ...fixed, ...changing });

const SAVE = `
  insert into anomalies (${columns.map(([name]) => name).join(', ')})
  select ${columns.map(([name]) => `new.${name}`).join(', ')}
  from json_to_recordset($1::json) as new(${columns.map(([name, type]) => `${name} ${type}`).join(', ')})
  order by new.id
  on conflict (tenant_id, id) do update set
    ${Object.keys(changing)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`;
