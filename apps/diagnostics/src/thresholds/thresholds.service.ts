import { Injectable } from '@nestjs/common';
import { Problem } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { isCheckCode, levelFaults, type CheckCode, type ScoringPolicy } from '../scoring/index.js';
import { agreeing, FAILS_BEFORE_ALERT, mergeNamed, policyOf, rulesInForce, widerThan } from './rule-in-force.js';
import type { ThresholdRow } from './threshold.entity.js';
import { ThresholdsRepository, type Place } from './thresholds.repository.js';

/** By what the diagnostics of one device are judged. */
export interface ThresholdsInForce {
  readonly policy: ScoringPolicy;
  /** With how many sights in a row a finding of that check is told of. */
  readonly failsBeforeAlert: (code: string) => number;
}

/** An override as somebody wants to have it. */
export type OverrideDraft = Pick<
  ThresholdRow,
  'tenant_id' | 'scope' | 'site_id' | 'device_id' | 'code' | 'levels' | 'fails_before_alert' | 'enabled'
>;

/** What overrides mean: how they meet on one device, and what may be saved. */
@Injectable()
export class ThresholdsService {
  constructor(private readonly thresholds: ThresholdsRepository) {}

  /** Device beats site beats tenant, field by field; read in the caller's transaction, so a change holds for the very next diagnostic. */
  async inForce(manager: EntityManager, tenantId: string, place: Place): Promise<ThresholdsInForce> {
    const rules = rulesInForce(await this.thresholds.concerning(manager, tenantId, place));
    return {
      policy: policyOf(rules),
      failsBeforeAlert: (code) =>
        (isCheckCode(code) ? rules.get(code)?.failsBeforeAlert : undefined) ?? FAILS_BEFORE_ALERT,
    };
  }

  /**
   * Lets through what is of a check and a place that there are, with levels that are in order where it would hold: over
   * those of the check and of the wider overrides.
   * @throws Problem `site-not-found`, `device-not-found`, `validation-failed`
   */
  async requireSound(manager: EntityManager, draft: OverrideDraft): Promise<CheckCode> {
    const { tenant_id, scope, code, levels } = draft;
    const place = await this.placeOf(manager, draft);
    if (!isCheckCode(code)) {
      const detail = 'is not a check: GET /api/v1/thresholds/checks lists them all';
      throw new Problem('validation-failed', { errors: [{ pointer: '/code', detail }] });
    }
    const others = await this.thresholds.concerning(manager, tenant_id, place);
    const wider = agreeing(
      code,
      widerThan(
        scope,
        others.filter((other) => other.code === code),
      ),
    );
    const faults = levelFaults(code, mergeNamed([...wider, { levels }]));
    if (faults.length === 0) return code;
    const under = wider.map((other) => `; the ${other.scope} override ${other.id} counts with it`).join('');
    throw new Problem('validation-failed', {
      // A level that a wider override names is not one of the request.
      errors: faults.map(({ field, detail }) => ({
        pointer: Object.hasOwn(levels, field) ? `/levels/${field}` : '/levels',
        detail: detail + under,
      })),
    });
  }

  private async placeOf(manager: EntityManager, { tenant_id, site_id, device_id }: OverrideDraft): Promise<Place> {
    if (device_id !== null) {
      const place = await this.thresholds.placeOf(manager, tenant_id, device_id);
      if (!place) throw new Problem('device-not-found');
      return place;
    }
    if (site_id !== null && !(await this.thresholds.hasSite(manager, tenant_id, site_id)))
      throw new Problem('site-not-found');
    return { siteId: site_id, deviceId: null };
  }
}
