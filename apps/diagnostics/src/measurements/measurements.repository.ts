import { Injectable } from '@nestjs/common';
import type { Measurement } from '@techze/contracts';
import type { EntityManager } from 'typeorm';

/** Raw samples are kept for so long (analytics.md); what is older only lives in the rollups. The database drops them. */
const RAW_MS = 30 * 24 * 60 * 60 * 1000;

/** Whose samples, and of when. */
export interface SamplesOrigin {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly diagnosticId: string;
  /** The time of all of them. */
  readonly at: Date;
}

/** Samples as rows of the time-series. */
@Injectable()
export class MeasurementsRepository {
  /** In one statement. Samples beyond raw retention are not written: their partition is gone. */
  async insert(
    manager: EntityManager,
    { tenantId, deviceId, diagnosticId, at }: SamplesOrigin,
    measurements: readonly Measurement[],
  ): Promise<void> {
    if (measurements.length === 0 || at.getTime() < Date.now() - RAW_MS) return;
    await manager.query(
      `insert into measurements (tenant_id, device_id, diagnostic_id, at, metric, instance, value)
       select $1, $2, $3, $4, sample.* from unnest($5::text[], $6::text[], $7::float8[]) as sample`,
      [
        tenantId,
        deviceId,
        diagnosticId,
        at,
        measurements.map(({ metric }) => metric),
        measurements.map(({ instance }) => instance),
        measurements.map(({ value }) => value),
      ],
    );
  }

  /** @returns what there was, which is nothing beyond raw retention */
  async remove(
    manager: EntityManager,
    { tenantId, deviceId, diagnosticId, at }: SamplesOrigin,
  ): Promise<Measurement[]> {
    const [rows] = await manager.query<[Measurement[], number]>(
      `delete from measurements where tenant_id = $1 and device_id = $2 and diagnostic_id = $3 and at = $4
       returning metric, instance, value`,
      [tenantId, deviceId, diagnosticId, at],
    );
    return rows;
  }
}
