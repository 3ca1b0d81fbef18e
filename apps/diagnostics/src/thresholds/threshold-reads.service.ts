import { Injectable } from '@nestjs/common';
import {
  idSchema,
  Problem,
  type EffectiveThresholds,
  type ListThresholdsQuery,
  type Threshold,
  type ThresholdCatalogue,
  type ThresholdPage,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { catalogue, effectiveChecks } from './catalogue.js';
import { rulesInForce, widestFirst } from './rule-in-force.js';
import { ThresholdsRepository, toThreshold } from './thresholds.repository.js';

const LIST = 'thresholds';
const thresholdId = idSchema('thr');
const deviceId = idSchema('dev');

/** Shows what can be overridden, what is, and what that comes to on one device. */
@Injectable()
export class ThresholdReads {
  constructor(
    private readonly database: Database,
    private readonly thresholds: ThresholdsRepository,
    private readonly cursors: Cursors,
  ) {}

  catalogue(): ThresholdCatalogue {
    return catalogue;
  }

  /** @throws Problem `threshold-not-found`, the same for an unknown id and for another tenant's */
  async get(id: string): Promise<Threshold> {
    if (!thresholdId.safeParse(id).success) throw new Problem('threshold-not-found');
    const row = await this.database.read((manager) => this.thresholds.find(manager, tenantOfCaller(), id));
    if (!row) throw new Problem('threshold-not-found');
    return toThreshold(row);
  }

  async list({ limit, cursor, ...filters }: ListThresholdsQuery): Promise<ThresholdPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.thresholds.list(manager, tenantOfCaller(), filters, limit, after),
    );
    const page = rows.map(toThreshold);
    return toPage(page, limit, LIST, this.cursors, ({ created_at, id }) => ({ createdAt: created_at, id }));
  }

  /** @throws Problem `device-not-found` */
  async effective(id: string): Promise<EffectiveThresholds> {
    if (!deviceId.safeParse(id).success) throw new Problem('device-not-found');
    return this.database.read(async (manager) => {
      const place = await this.thresholds.placeOf(manager, tenantOfCaller(), id);
      if (!place) throw new Problem('device-not-found');
      const overrides = widestFirst(await this.thresholds.concerning(manager, tenantOfCaller(), place));
      return {
        device_id: id,
        site_id: place.siteId,
        checks: effectiveChecks(rulesInForce(overrides)),
        overrides: overrides.map(toThreshold),
      };
    });
  }
}
