import { Injectable } from '@nestjs/common';
import { newId, type Evidence } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { steppedRow } from '../findings/finding-change.js';
import { FindingRecords } from '../findings/finding-records.js';
import type { FindingRow } from '../findings/finding.entity.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { see, unborn, type Around, type Word } from '../findings/life/index.js';
import type { HardwareMarks } from './device-identity.js';

const IDENTITY_CONFLICT = 'IDENTITY_CONFLICT';

/** A device, and where it stands. */
export interface PlacedDevice {
  readonly id: string;
  readonly site_id: string | null;
}

/** The finding of a device in conflict. No diagnostic shows it or clears it, and no maintenance window keeps it quiet. */
@Injectable()
export class IdentityFindings {
  constructor(
    private readonly findings: FindingsRepository,
    private readonly records: FindingRecords,
  ) {}

  async raise(
    manager: EntityManager,
    tenantId: string,
    devices: readonly PlacedDevice[],
    marks: HardwareMarks,
    at: Date,
  ): Promise<void> {
    const [mark, value] = marks.serial === null ? ['UUID', marks.hardware_uuid ?? ''] : ['serial number', marks.serial];
    const evidence: Evidence = {
      metric: 'device.identity',
      value,
      unit: '',
      threshold: null,
      source: 'two enrolled agents describe one machine',
    };
    const title = `Another agent describes the same ${mark}: ${value}`;
    for (const device of devices) {
      const known = await this.find(manager, tenantId, device.id);
      const row = known ?? unbornRow(tenantId, device.id, title, evidence, at);
      const word = { kind: 'entered', severity: 'warning', hold: 'warning', value } as const;
      await this.advance(manager, device, { ...row, title, evidence }, word, at);
    }
  }

  async settle(manager: EntityManager, tenantId: string, devices: readonly PlacedDevice[], at: Date): Promise<void> {
    for (const device of devices) {
      const known = await this.find(manager, tenantId, device.id);
      if (known) await this.advance(manager, device, known, { kind: 'cleared', reason: 'cleared' }, at);
    }
  }

  private async find(manager: EntityManager, tenantId: string, deviceId: string): Promise<FindingRow | undefined> {
    const rows = await this.findings.findToAdvance(manager, tenantId, deviceId, [IDENTITY_CONFLICT]);
    return rows.find(({ key }) => key === IDENTITY_CONFLICT);
  }

  private async advance(
    manager: EntityManager,
    { site_id }: PlacedDevice,
    row: FindingRow,
    word: Word,
    at: Date,
  ): Promise<void> {
    const around: Around = { at, now: at, windows: [], failsBeforeAlert: 1 };
    const step = see(row, word, around);
    if (step.life === row) return;
    const after = steppedRow(row, step, at);
    await this.records.write(manager, [{ row: after, step, siteId: site_id, diagnosticId: null, occurredAt: at }]);
  }
}

function unbornRow(tenantId: string, deviceId: string, title: string, evidence: Evidence, at: Date): FindingRow {
  return {
    ...unborn(IDENTITY_CONFLICT, 'warning', at),
    tenant_id: tenantId,
    id: newId('fnd'),
    device_id: deviceId,
    key: IDENTITY_CONFLICT,
    instance: null,
    category: 'security',
    title,
    evidence,
    points: 0,
    samples: [],
    acknowledged_until: null,
    last_diagnostic_id: null,
    version: 1,
    created_at: at,
    updated_at: at,
  };
}
