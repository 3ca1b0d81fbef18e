import type { PreviewedAlert, ThresholdPreview } from '@techze/contracts';
import type { CheckCode } from '../scoring/index.js';
import { missingIn, Replay } from './replay.js';
import type { RulesByPlace } from './rules-by-place.js';
import type { StoredSight } from './stored-readings.repository.js';

type Tally = ThresholdPreview['current'];

/** How many alerts of a kind are shown; all of them are counted. */
export const ALERTS_SHOWN = 200;

/** Two replays of every device, under the rules of today and under the proposed ones, and what they come to. */
export class PreviewTally {
  devices = 0;
  diagnostics = 0;
  notCovered = 0;
  readonly current: Tally = { alerts: 0, devices: 0, open_now: 0 };
  readonly proposed: Tally = { alerts: 0, devices: 0, open_now: 0 };
  private wouldFire: PreviewedAlert[] = [];
  private noLongerFire: PreviewedAlert[] = [];
  private device: { id: string; current: Replay; proposed: Replay } | undefined;

  constructor(
    private readonly code: CheckCode,
    private readonly rules: { readonly current: RulesByPlace; readonly proposed: RulesByPlace },
  ) {}

  /** The next sight: device by device, each device's in the order of its clock. */
  take({ device_id: id, site_id, at, readings }: StoredSight): void {
    if (readings === null) {
      this.notCovered += 1;
      return;
    }
    this.diagnostics += 1;
    if (this.device?.id !== id) {
      this.finishDevice();
      this.devices += 1;
      const replay = (rules: RulesByPlace) => new Replay(id, this.code, rules.at({ deviceId: id, siteId: site_id }));
      this.device = { id, current: replay(this.rules.current), proposed: replay(this.rules.proposed) };
    }
    this.device.current.take(at, readings);
    this.device.proposed.take(at, readings);
  }

  /** Newest first. */
  alerts(): Pick<ThresholdPreview, 'would_fire' | 'no_longer_fire'> {
    this.finishDevice();
    return { would_fire: newest(this.wouldFire), no_longer_fire: newest(this.noLongerFire) };
  }

  private finishDevice(): void {
    if (!this.device) return;
    const { current, proposed } = this.device;
    this.device = undefined;
    count(this.current, current);
    count(this.proposed, proposed);
    this.wouldFire = kept(this.wouldFire, proposed.alerts);
    this.noLongerFire = kept(this.noLongerFire, missingIn(proposed.alerts, current.alerts));
  }
}

function count(tally: Tally, { alerts, openNow }: Replay): void {
  tally.alerts += alerts.length;
  tally.devices += alerts.length > 0 ? 1 : 0;
  tally.open_now += openNow;
}

function newest(alerts: readonly PreviewedAlert[]): PreviewedAlert[] {
  return alerts.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, ALERTS_SHOWN);
}

/** With more of them; sorted and cut now and then only. */
function kept(alerts: PreviewedAlert[], more: readonly PreviewedAlert[]): PreviewedAlert[] {
  for (const alert of more) alerts.push(alert);
  return alerts.length > 10 * ALERTS_SHOWN ? newest(alerts) : alerts;
}
