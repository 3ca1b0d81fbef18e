import { Injectable } from '@nestjs/common';
import { Problem, type Measurement } from '@techze/contracts';
import type { EntityManager } from 'typeorm';

/** Raw samples are kept for so long (analytics.md); what is older only lives in the rollups. The database drops them. */
const RAW_MS = 30 * 24 * 60 * 60 * 1000;

/** The partition of that very day was being made just now, and the rest takes none of that day any more. */
const CHECK_VIOLATION = '23514';

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
  /**
   * In one statement. Samples beyond raw retention are not written: their partition is gone.
   * @throws Problem `service-unavailable` when they have to be written again
   */
  async insert(
    manager: EntityManager,
    { tenantId, deviceId, diagnosticId, at }: SamplesOrigin,
    measurements: readonly Measurement[],
  ): Promise<void> {
    if (measurements.length === 0 || at.getTime() < Date.now() - RAW_MS) return;
    const columns = [
      measurements.map(({ metric }) => metric),
      measurements.map(({ instance }) => instance),
      measurements.map(({ value }) => value),
    ];
    try {
      await manager.query(INSERT, [tenantId, deviceId, diagnosticId, at, ...columns]);
    } catch (cause) {
      if ((cause as { code?: string }).code !== CHECK_VIOLATION) throw cause;
      throw new Problem('service-unavailable', { cause });
    }
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

const INSERT = `
  insert into measurements (tenant_id, device_id, diagnostic_id, at, metric, instance, value)
  select $1, $2, $3, $4, sample.* from unnest($5::text[], $6::text[], $7::float8[]) as sample`;
