import { Injectable } from '@nestjs/common';
import {
  idSchema,
  Problem,
  type DeviceList,
  type DevicePage,
  type GetDevice,
  type Health,
  type ListDevicesQuery,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { DevicePageRepository } from './device-page.repository.js';
import { DevicesRepository } from './devices.repository.js';
import { toDevice } from './shown-device.js';

const LIST = 'devices';
const RECENT = 10;
const TOP_DEDUCTIONS = 10;
const deviceId = idSchema('dev');

/** Shows devices. */
@Injectable()
export class DeviceReads {
  constructor(
    private readonly database: Database,
    private readonly devices: DevicesRepository,
    private readonly pages: DevicePageRepository,
    private readonly cursors: Cursors,
  ) {}

  /** @throws Problem `device-not-found`, the same for an unknown id, for another tenant's, and for an agent another device's */
  async get({ id }: GetDevice): Promise<DevicePage> {
    if (!deviceId.safeParse(id).success) throw new Problem('device-not-found');
    const { device, newest, findings, diagnostics, events } = await this.database.read((manager) =>
      this.pages.load(manager, tenantOfCaller(), id),
    );
    if (!device) throw new Problem('device-not-found');
    return {
      ...toDevice(device),
      health: newest?.health ? withTopDeductions(newest.health) : null,
      findings: findings.map((finding) => ({
        ...finding,
        first_seen: finding.first_seen.toISOString(),
        last_seen: finding.last_seen.toISOString(),
      })),
      recent_diagnostics: diagnostics
        .slice(0, RECENT)
        .map((diagnostic) => ({ ...diagnostic, collected_at: diagnostic.collected_at.toISOString() })),
      score_history: diagnostics
        .map(({ id: diagnostic_id, collected_at, score }) => ({
          diagnostic_id,
          collected_at: collected_at.toISOString(),
          score,
        }))
        .reverse(),
      hardware: newest?.hardware ?? null,
      events,
    };
  }

  async list({ limit, cursor, ...filters }: ListDevicesQuery): Promise<DeviceList> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.devices.list(manager, tenantOfCaller(), filters, limit, after),
    );
    return toPage(rows.map(toDevice), limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at,
      id,
    }));
  }
}

function withTopDeductions(health: Health): Health {
  const heaviest = [...health.deductions].sort((a, b) => b.points - a.points);
  return { ...health, deductions: heaviest.slice(0, TOP_DEDUCTIONS) };
}
