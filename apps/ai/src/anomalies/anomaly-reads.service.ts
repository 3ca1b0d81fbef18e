import { Injectable } from '@nestjs/common';
import {
  idSchema,
  Problem,
  type AnomalyPage,
  type AnomalyRate,
  type DeviceAnomaly,
  type ListAnomaliesQuery,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import { tenantOfCaller } from '../caller.js';
import { AnomaliesRepository } from './anomalies.repository.js';
import { toDeviceAnomaly } from './shown-anomaly.js';

const LIST = 'anomalies';
const anomalyId = idSchema('anm');
const deviceId = idSchema('dev');

/** Shows anomalies as they stand now, and how many samples of a device are any. */
@Injectable()
export class AnomalyReads {
  constructor(
    private readonly database: Database,
    private readonly anomalies: AnomaliesRepository,
    private readonly cursors: Cursors,
  ) {}

  /** @throws Problem `anomaly-not-found`, the same for an unknown id and for another tenant's */
  async get(id: string): Promise<DeviceAnomaly> {
    if (!anomalyId.safeParse(id).success) throw new Problem('anomaly-not-found');
    const row = await this.database.read((manager) => this.anomalies.find(manager, tenantOfCaller(), id));
    if (!row) throw new Problem('anomaly-not-found');
    return toDeviceAnomaly(row);
  }

  async list({ limit, cursor, ...filters }: ListAnomaliesQuery): Promise<AnomalyPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.anomalies.list(manager, tenantOfCaller(), filters, limit, after),
    );
    const { data, page } = toPage(rows, limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at.toISOString(),
      id,
    }));
    return { data: data.map(toDeviceAnomaly), page };
  }

  /** @throws Problem `device-not-found` */
  async rate(id: string): Promise<AnomalyRate> {
    if (!deviceId.safeParse(id).success) throw new Problem('device-not-found');
    const rate = await this.database.read((manager) => this.anomalies.rate(manager, tenantOfCaller(), id));
    if (!rate) throw new Problem('device-not-found');
    return rate;
  }
}
