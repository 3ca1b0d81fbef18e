import { Injectable } from '@nestjs/common';
import type { Acknowledgement, FindingState, ListFindingsQuery } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { FindingTransitionRow } from './finding-transition.entity.js';
import { FindingRow } from './finding.entity.js';

export type FindingFilters = Omit<ListFindingsQuery, 'limit' | 'cursor'>;

/** What is known of a finding beyond one diagnostic. */
export interface FindingHistory {
  readonly id: string;
  readonly key: string;
  readonly state: FindingState;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly occurrences: number;
  readonly trend: string | null;
  readonly acknowledgement: Acknowledgement | null;
}

/** A finding, and where its device stands. */
export type PlacedFinding = FindingRow & { readonly site_id: string | null; readonly tags: readonly string[] };

/** Findings as rows. */
@Injectable()
export class FindingsRepository {
  /**
   * What the next diagnostic of a device has to look at: the findings that it shows, and those that are not settled. Held
   * until the transaction ends, in the order of their keys.
   */
  findToAdvance(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    keys: readonly string[],
  ): Promise<FindingRow[]> {
    return manager.query<FindingRow[]>(
      `select * from findings
       where tenant_id = $1 and device_id = $2
         and (state <> 'resolved' or alerted_at is not null or flapping or key = any($3))
       order by key for update`,
      [tenantId, deviceId, keys],
    );
  }

  /** The checks that diagnostics of the device have judged since: what an older one says of them is out of date. */
  async codesJudgedSince(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    seenAt: Date,
  ): Promise<ReadonlySet<string>> {
    const rows = await manager.query<{ code: string }[]>(
      `select distinct reading ->> 'code' as code
       from diagnostics d cross join lateral json_array_elements(d.readings) reading
       where d.tenant_id = $1 and d.device_id = $2 and d.seen_at > $3`,
      [tenantId, deviceId, seenAt],
    );
    return new Set(rows.map(({ code }) => code));
  }

  /** Held until the transaction ends: no diagnostic and nobody else changes it in between. */
  async findToChange(manager: EntityManager, tenantId: string, id: string): Promise<PlacedFinding | undefined> {
    const [row] = await manager.query<PlacedFinding[]>(
      `select f.*, d.site_id, d.tags from findings f join devices d on d.tenant_id = f.tenant_id and d.id = f.device_id
       where f.tenant_id = $1 and f.id = $2 for update of f`,
      [tenantId, id],
    );
    return row;
  }

  find(manager: EntityManager, tenantId: string, id: string): Promise<FindingRow | null> {
    return manager.findOneBy(FindingRow, { tenant_id: tenantId, id });
  }

  /** What became of a finding, the last first; in the order in which it was written, since a device has a clock of its own. */
  transitions(
    manager: EntityManager,
    tenantId: string,
    findingId: string,
    limit: number,
  ): Promise<FindingTransitionRow[]> {
    return manager.find(FindingTransitionRow, {
      where: { tenant_id: tenantId, finding_id: findingId },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    filters: FindingFilters,
    limit: number,
    after?: PagePosition,
  ): Promise<FindingRow[]> {
    const query = manager.createQueryBuilder(FindingRow, 'f').where('f.tenant_id = :tenantId', { tenantId });
    for (const name of ['severity', 'category', 'code', 'device_id'] as const) {
      if (filters[name] !== undefined) query.andWhere(`f.${name} = :${name}`, { [name]: filters[name] });
    }
    for (const name of ['state', 'status'] as const) {
      if (filters[name] !== undefined) query.andWhere(`f.state = any(:${name})`, { [name]: filters[name] });
    }
    if (filters.site_id !== undefined) query.andWhere(`f.device_id in (${ON_SITE})`, filters);
    if (filters.customer_id !== undefined) query.andWhere(`f.device_id in (${OF_CUSTOMER})`, filters);
    if (filters.from !== undefined) query.andWhere('f.last_seen >= :from', { from: new Date(filters.from) });
    if (filters.to !== undefined) query.andWhere('f.last_seen < :to', { to: new Date(filters.to) });
    if (after) query.andWhere('(f.created_at, f.id) < (:createdAt::timestamptz, :id)', after);
    return query
      .orderBy('f.created_at', 'DESC')
      .addOrderBy('f.id', 'DESC')
      .limit(limit + 1)
      .getMany();
  }

  /** Findings of all tenants whose acknowledgement is over; asked by the worker. */
  expired(manager: EntityManager, now: Date, limit: number): Promise<{ tenant_id: string; id: string }[]> {
    return manager.query(
      `select tenant_id, id from findings
       where acknowledged_until <= $1 and acknowledged_until is not null and state = 'acknowledged'
       order by acknowledged_until limit $2`,
      [now, limit],
    );
  }

  /** New ones and changed ones, in one statement. */
  async save(manager: EntityManager, rows: readonly FindingRow[]): Promise<void> {
    if (rows.length > 0) await manager.query(SAVE, [JSON.stringify(rows)]);
  }
}

const ON_SITE = 'select d.id from devices d where d.tenant_id = :tenantId and d.site_id = :site_id';
const OF_CUSTOMER = `select d.id from devices d join sites s on s.tenant_id = d.tenant_id and s.id = d.site_id
  where d.tenant_id = :tenantId and s.customer_id = :customer_id`;

const fixed = { tenant_id: 'text', id: 'text', device_id: 'text', key: 'text', created_at: 'timestamptz' };
const changing = {
  instance: 'text',
  category: 'text',
  code: 'text',
  severity: 'text',
  title: 'text',
  evidence: 'json',
  points: 'float8',
  state: 'text',
  first_seen: 'timestamptz',
  last_seen: 'timestamptz',
  occurrences: 'integer',
  consecutive: 'integer',
  opened_at: 'timestamptz',
  resolved_at: 'timestamptz',
  alerted_at: 'timestamptz',
  alerted_severity: 'text',
  flapping: 'boolean',
  changes: 'json',
  samples: 'json',
  acknowledgement: 'json',
  acknowledged_until: 'timestamptz',
  suppressed_by: 'text',
  last_diagnostic_id: 'text',
  version: 'integer',
  updated_at: 'timestamptz',
} satisfies Record<Exclude<keyof FindingRow, keyof typeof fixed>, string>;
const columns = Object.entries({ ...fixed, ...changing });

const SAVE = `
  insert into findings (${columns.map(([name]) => name).join(', ')})
  select ${columns.map(([name]) => `new.${name}`).join(', ')}
  from json_to_recordset($1::json) as new(${columns.map(([name, type]) => `${name} ${type}`).join(', ')})
  order by new.key
  on conflict (tenant_id, id) do update set
    ${Object.keys(changing)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`;
