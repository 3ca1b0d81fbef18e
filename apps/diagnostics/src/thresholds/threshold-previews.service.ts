import { Injectable } from '@nestjs/common';
import type { PreviewThreshold, ThresholdPreview } from '@techze/contracts';
import { Database } from '@techze/database';
import { runWith } from '@techze/observability';
import { tenantOfCaller } from '../diagnostics/caller.js';
import type { CheckCode } from '../scoring/index.js';
import { PreviewTally } from './preview-tally.js';
import { RulesByPlace, type PlacedOverride } from './rules-by-place.js';
import {
  StoredReadings,
  type DeviceWanted,
  type SightsWanted,
  type StoredSight,
} from './stored-readings.repository.js';
import type { ThresholdRow } from './threshold.entity.js';
import { ThresholdsRepository } from './thresholds.repository.js';
import { ThresholdsService, type OverrideDraft } from './thresholds.service.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A page is judged without a pause: small enough that nobody else in the process notices. */
const PAGE_SIGHTS = 250;
const PAGE_DEVICES = 500;
/** After so many diagnostics, or so long, the answer is what it is by then, and says so. */
const MOST_DIAGNOSTICS = 100_000;
const BUDGET_MS = 5_000;

/** Says what an override would have fired, before anybody saves it. */
@Injectable()
export class ThresholdPreviews {
  constructor(
    private readonly database: Database,
    private readonly thresholds: ThresholdsRepository,
    private readonly service: ThresholdsService,
    private readonly readings: StoredReadings,
  ) {}

  /** @throws Problem `site-not-found`, `device-not-found`, `validation-failed` */
  async preview({ days, ...body }: PreviewThreshold): Promise<ThresholdPreview> {
    const now = new Date();
    const draft: OverrideDraft = {
      tenant_id: tenantOfCaller(),
      scope: body.scope,
      site_id: body.site_id ?? null,
      device_id: body.device_id ?? null,
      code: body.code,
      levels: body.levels,
      fails_before_alert: body.fails_before_alert ?? null,
      enabled: body.enabled ?? null,
    };
    const { code, current } = await this.startingPoint(draft);
    const proposed: PlacedOverride[] = [...current, { ...draft, id: 'the proposed one', updated_at: now }];
    const tally = new PreviewTally(code, {
      current: new RulesByPlace(code, current),
      proposed: new RulesByPlace(code, proposed),
    });
    const from = new Date(now.getTime() - days * DAY_MS);
    const truncated = await this.replay(tally, {
      tenantId: draft.tenant_id,
      code,
      siteId: draft.site_id,
      deviceId: draft.device_id,
      from,
      to: now,
    });
    const alerts = tally.alerts();
    return {
      from: from.toISOString(),
      to: now.toISOString(),
      code,
      devices: tally.devices,
      diagnostics: tally.diagnostics,
      not_covered: tally.notCovered,
      current: tally.current,
      proposed: tally.proposed,
      ...alerts,
      truncated,
    };
  }

  /** From the primary: what the caller changed a moment ago is what it is compared with. */
  private startingPoint(draft: OverrideDraft): Promise<{ code: CheckCode; current: ThresholdRow[] }> {
    return runWith({ readPrimary: true }, () =>
      this.database.read(async (manager) => ({
        code: await this.service.requireSound(manager, draft),
        current: await this.thresholds.ofCheck(manager, draft.tenant_id, draft.code),
      })),
    );
  }

  /** @returns whether there was more */
  private async replay(tally: PreviewTally, wanted: SightsWanted): Promise<boolean> {
    const end = performance.now() + BUDGET_MS;
    for await (const page of this.pages(wanted)) {
      const enough = tally.diagnostics + tally.notCovered >= MOST_DIAGNOSTICS || performance.now() > end;
      if (enough && page.length > 0) return true;
      for (const sight of page) tally.take(sight);
    }
    return false;
  }

  /** Each page is read in a transaction of its own: no connection is held while it is judged. */
  private async *pages(wanted: SightsWanted): AsyncGenerator<StoredSight[], void> {
    let devices: DeviceWanted[];
    let last = '';
    do {
      devices = await this.database.read((manager) => this.readings.devices(manager, wanted, last, PAGE_DEVICES));
      last = devices.at(-1)?.id ?? '';
      yield* this.pagesOf(devices, wanted);
    } while (devices.length === PAGE_DEVICES);
  }

  private async *pagesOf(devices: readonly DeviceWanted[], wanted: SightsWanted): AsyncGenerator<StoredSight[], void> {
    let left = devices;
    let after: StoredSight | undefined;
    while (left.length > 0) {
      const [from, behind] = [left, after];
      const page = await this.database.read((manager) =>
        this.readings.sights(manager, wanted, from, behind, PAGE_SIGHTS),
      );
      yield page;
      if (page.length < PAGE_SIGHTS) return;
      after = page.at(-1);
      left = left.slice(left.findIndex(({ id }) => id === after?.device_id));
    }
  }
}
