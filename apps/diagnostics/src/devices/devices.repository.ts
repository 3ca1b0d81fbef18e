import { Injectable } from '@nestjs/common';
import type { Band, DeviceDescription, Hardware, ListDevicesQuery } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { orForeignKeyProblem } from '../customers-and-sites/foreign-key.js';
import { DeviceRow } from './device.entity.js';
import { selectShown, type ShownRow } from './shown-device.js';

type Filters = Omit<ListDevicesQuery, 'limit' | 'cursor'>;

/** What a device's newest diagnostic says of it. */
export interface NewestDiagnostic {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly diagnosticId: string;
  readonly seenAt: Date;
  readonly receivedAt: Date;
  readonly hostname: string | null;
  readonly description: DeviceDescription | undefined;
  readonly os: string | null;
  readonly agentVersion: string | null;
  readonly hardware: Hardware;
  readonly score: number | null;
  readonly band: Band;
  readonly coverage: number;
}

/** Devices as rows. */
@Injectable()
export class DevicesRepository {
  findById(manager: EntityManager, tenantId: string, id: string): Promise<DeviceRow | null> {
    return manager.findOneBy(DeviceRow, { tenant_id: tenantId, id });
  }

  /** Held until the transaction ends: nobody changes it in between, and no diagnostic of it comes in. */
  findToChange(manager: EntityManager, tenantId: string, id: string): Promise<DeviceRow | null> {
    return manager.findOne(DeviceRow, {
      where: { tenant_id: tenantId, id },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** @throws Problem `site-not-found` */
  async insert(manager: EntityManager, row: DeviceRow): Promise<void> {
    await orForeignKeyProblem(manager.insert(DeviceRow, row), 'site-not-found');
  }

  /** What people may say of it. @throws Problem `site-not-found` */
  async update(
    manager: EntityManager,
    { tenant_id, id, name, notes, site_id, tags, version, updated_at }: DeviceRow,
  ): Promise<void> {
    const changed = { name, notes, site_id, tags, version, updated_at };
    await orForeignKeyProblem(manager.update(DeviceRow, { tenant_id, id }, changed), 'site-not-found');
  }

  async diagnosticsOf(manager: EntityManager, tenantId: string, id: string): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      'select id from diagnostics where tenant_id = $1 and device_id = $2',
      [tenantId, id],
    );
    return rows.map((row) => row.id);
  }

  /** With its diagnostics, findings and all else that is of the device; its measurements know no parent, so they are named. */
  async delete(manager: EntityManager, tenantId: string, id: string): Promise<void> {
    await manager.query('delete from measurements where tenant_id = $1 and device_id = $2', [tenantId, id]);
    await manager.query('delete from devices where tenant_id = $1 and id = $2', [tenantId, id]);
  }

  /** As the API shows it. */
  async findShown(manager: EntityManager, tenantId: string, id: string): Promise<ShownRow | undefined> {
    const [row] = await manager.query<ShownRow[]>(selectShown('d.id = $2'), [tenantId, id]);
    return row;
  }

  /** Newest first; one row more than the limit, which tells whether there is another page. */
  list(
    manager: EntityManager,
    tenantId: string,
    filters: Filters,
    limit: number,
    after?: PagePosition,
  ): Promise<ShownRow[]> {
    const values: unknown[] = [tenantId];
    const value = (given: unknown) => `$${values.push(given)}`;
    const conditions = ['true'];
    const { q, os, tag, customer_id, site_id, band, identity_state } = filters;
    if (q !== undefined) {
      const part = value(q.toLowerCase());
      const places = ['name', 'hostname', 'serial', 'manufacturer', 'model'];
      conditions.push(`(${places.map((place) => `strpos(lower(d.${place}), ${part}) > 0`).join(' or ')})`);
    }
    if (os !== undefined) conditions.push(`strpos(lower(d.os), ${value(os.toLowerCase())}) > 0`);
    if (tag !== undefined) conditions.push(`${value(tag)} = any(d.tags)`);
    if (customer_id !== undefined) conditions.push(`s.customer_id = ${value(customer_id)}`);
    if (site_id !== undefined) conditions.push(`d.site_id = ${value(site_id)}`);
    if (band !== undefined) conditions.push(`d.latest_band = ${value(band)}`);
    if (identity_state !== undefined) conditions.push(`d.identity_state = ${value(identity_state)}`);
    if (after)
      conditions.push(`(d.created_at, d.id) < (${value(after.createdAt)}::timestamptz, ${value(after.id)}::text)`);
    const page = `order by d.created_at desc, d.id desc limit ${value(limit + 1)}`;
    return manager.query<ShownRow[]>(selectShown(conditions.join(' and '), page), values);
  }

  /** Takes over what a newer diagnostic says; what it does not say stays. That is no edit: the version stays too. */
  async takeOver(manager: EntityManager, newest: NewestDiagnostic): Promise<void> {
    await manager.query(
      `update devices set
         last_seen_at = greatest(last_seen_at, $3), latest_collected_at = $4, latest_diagnostic_id = $5, updated_at = $3,
         hostname = coalesce($6, hostname), manufacturer = coalesce($7, manufacturer), model = coalesce($8, model),
         macs = coalesce($9, macs), os = coalesce($10, os), agent_version = coalesce($11, agent_version),
         hardware = $12, latest_score = $13, latest_band = $14, latest_coverage = $15
       where tenant_id = $1 and id = $2`,
      [
        newest.tenantId,
        newest.deviceId,
        newest.receivedAt,
        newest.seenAt,
        newest.diagnosticId,
        newest.hostname,
        newest.description?.manufacturer ?? null,
        newest.description?.model ?? null,
        newest.description?.macs ?? null,
        newest.os,
        newest.agentVersion,
        JSON.stringify(newest.hardware),
        newest.score,
        newest.band,
        newest.coverage,
      ],
    );
  }

  /** It was heard of, and nothing newer was said. */
  async noteSight(manager: EntityManager, tenantId: string, id: string, receivedAt: Date): Promise<void> {
    await manager.query(
      'update devices set last_seen_at = greatest(last_seen_at, $3) where tenant_id = $1 and id = $2',
      [tenantId, id, receivedAt],
    );
  }

  /** After one of its diagnostics was deleted: what stands now is what the newest of the others said. */
  async fallBack(manager: EntityManager, tenantId: string, id: string): Promise<void> {
    await manager.query(
      `update devices d set latest_diagnostic_id = newest.id, latest_collected_at = newest.seen_at,
         latest_score = newest.score, latest_band = newest.band, latest_coverage = newest.coverage
       from (select 1) as one left join lateral (
         select id, coalesce(seen_at, collected_at) as seen_at, score, band, coverage from diagnostics
         where tenant_id = $1 and device_id = $2 and status = 'completed'
         order by coalesce(seen_at, collected_at) desc, id desc limit 1) newest on true
       where d.tenant_id = $1 and d.id = $2`,
      [tenantId, id],
    );
  }

  /** An agent lives on it from now on. */
  async claim(
    manager: EntityManager,
    tenantId: string,
    id: string,
    agent: { id: string; version: string; siteId: string | null; at: Date },
  ): Promise<void> {
    await manager.query(
      `update devices set agent_id = $3, agent_version = $4, site_id = coalesce($5, site_id), enrolled_at = $6,
         updated_at = $6, version = version + 1
       where tenant_id = $1 and id = $2`,
      [tenantId, id, agent.id, agent.version, agent.siteId, agent.at],
    );
  }

  /** No agent lives on it any more; which one did is kept, so that it is known again. */
  async release(manager: EntityManager, tenantId: string, id: string, at: Date): Promise<void> {
    await manager.query(
      `update devices set enrolled_at = null, updated_at = $3, version = version + 1 where tenant_id = $1 and id = $2`,
      [tenantId, id, at],
    );
  }
}
