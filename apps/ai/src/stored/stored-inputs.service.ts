import { Injectable } from '@nestjs/common';
import { idSchema, Problem } from '@techze/contracts';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import { StoredInputRepository } from './stored-input.repository.js';
import type { StoredInput, Wanted, WantedDisk, WantedFindings, WantedSeries } from './stored-input.js';

const deviceId = idSchema('dev');
/** More names than this in a fault help nobody. */
const NAMED_MAX = 20;

/** Reads what a request names instead of sending it; row level security decides what is there. */
@Injectable()
export class StoredInputs {
  constructor(
    private readonly database: Database,
    private readonly repository: StoredInputRepository,
  ) {}

  /**
   * @throws Problem `device-not-found`, the same for an unknown id and another tenant's; `validation-failed` where one of
   *   several instances has to be named; `payload-too-large`
   */
  read(tenantId: string, wanted: Wanted): Promise<StoredInput> {
    if (wanted.device_id !== undefined && !deviceId.safeParse(wanted.device_id).success)
      throw new Problem('device-not-found');
    return this.database.read(async (manager) => {
      if (wanted.device_id !== undefined && !(await this.repository.hasDevice(manager, tenantId, wanted.device_id)))
        throw new Problem('device-not-found');
      switch (wanted.what) {
        case 'series':
          return this.series(manager, tenantId, wanted);
        case 'disk':
          return this.disk(manager, tenantId, wanted);
        case 'findings':
          return this.findings(manager, tenantId, wanted);
      }
    });
  }

  private async series(manager: EntityManager, tenantId: string, wanted: WantedSeries): Promise<StoredInput> {
    const { beside: metric } = wanted;
    // Which one comes first: all of them together may be more rows than any request may have.
    const only = theOnly(await this.repository.instances(manager, tenantId, wanted));
    const instance = only?.instance ?? wanted.instance ?? '';
    const series = only && (await this.repository.series(manager, tenantId, { ...wanted, instance }));
    const beside =
      metric === undefined
        ? undefined
        : await this.repository.series(manager, tenantId, { ...wanted, metric, instance });
    const none = new Uint8Array();
    return { what: 'series', instance, at: series?.at ?? none, values: series?.values ?? none, beside };
  }

  private async disk(manager: EntityManager, tenantId: string, wanted: WantedDisk): Promise<StoredInput> {
    const disk = theOnly(await this.repository.disks(manager, tenantId, wanted));
    return { what: 'disk', ...(disk ?? { instance: wanted.instance ?? '', model: null, attributes: [] }) };
  }

  private async findings(manager: EntityManager, tenantId: string, _wanted: WantedFindings): Promise<StoredInput> {
    return { what: 'findings', devices: await this.repository.findings(manager, tenantId) };
  }
}

function theOnly<Found extends { readonly instance: string }>(found: readonly Found[]): Found | undefined {
  if (found.length <= 1) return found[0];
  const names = found.slice(0, NAMED_MAX).map(({ instance }) => instance);
  const detail = `is needed: there are ${names.join(', ')}`;
  throw new Problem('validation-failed', { errors: [{ pointer: '/instance', detail }] });
}
