import { present, type Series } from '../series/index.js';
import type { BatteryWear, WearDriver, WearEta } from './battery-wear.js';
import { gaugeDays, median, type GaugeDay } from './gauge-days.js';
import { betweenRecalibrations } from './recalibrations.js';
import { wearRate, type WearRate } from './wear-rate.js';

/** Rows below which nothing is said. */
export const batteryWearMinimum = 10;
/** Days below which nothing is said: a battery loses a point or two a month, and gauges tremble by as much. */
const LEAST_DAYS = 14;

/** Fleet, Apple: below 80 % of the designed capacity service is recommended. */
const SERVICE = 80;
const WORN_OUT = 60;

const HOURS_PER_DAY = 24;
const DAYS_PER_MONTH = 30;
/** Beyond ten years no battery lives, and no line drawn through months means anything. */
const LOOKAHEAD_HOURS = 10 * 365 * HOURS_PER_DAY;

/** Makers rate 1000 cycles to 80 %: what a cycle costs where it is the cycles that wear. */
const POINTS_PER_CYCLE = 20 / 1000;

/** The days that say how much is left now. */
const RECENT_DAYS = 30;

const METHOD = 'theil-sen';

/** When a battery is due, out of its capacity in per cent of the designed one and the cycles it has been through. */
export function predictBatteryWear(series: Series, cycles?: number): BatteryWear {
  const days = gaugeDays(series);
  const stretches = betweenRecalibrations(days);
  const rate = wearRate(stretches);
  const span = (days.at(-1)?.day ?? 0) - (days[0]?.day ?? 0);
  if (!rate || present(series.values) < batteryWearMinimum || span < LEAST_DAYS) {
    const warning = `the wear of a battery shows in ${LEAST_DAYS} days and ${batteryWearMinimum} rows at the least`;
    return { eta: null, eta_60: null, drivers: [], method: 'none', warnings: [warning] };
  }
  const health = healthNow(stretches.at(-1)!, rate.slope);
  return {
    eta: etaTo(SERVICE, health, rate),
    eta_60: etaTo(WORN_OUT, health, rate),
    drivers: driversOf(health, rate, cycles),
    method: METHOD,
    warnings: warningsOf(stretches.length - 1, rate, health),
  };
}

/** Where the line stands today since the gauge was last set; the gauge's own last word trembles. */
function healthNow(days: readonly GaugeDay[], slope: number): number {
  const today = days.at(-1)!.day;
  const recent = days.filter(({ day }) => day > today - RECENT_DAYS);
  return median(recent.map(({ day, health }) => health + slope * (today - day)));
}

function etaTo(percent: number, health: number, { slope, low, high }: WearRate): WearEta | null {
  if (health <= percent) return { hours: 0, low: 0, high: 0 };
  // A band that holds 0 does not tell wear from the trembling of the gauge.
  if (high >= 0) return null;
  const hoursAt = (perDay: number) => ((health - percent) / -perDay) * HOURS_PER_DAY;
  const hours = hoursAt(slope);
  if (hours > LOOKAHEAD_HOURS) return null;
  const latest = hoursAt(high);
  return { hours, low: hoursAt(low), high: latest > LOOKAHEAD_HOURS ? null : latest };
}

/** What is lost in a month, and how much of it the cycles of a month would cost by their rating; the rest is age and heat. */
function driversOf(health: number, rate: WearRate, cycles: number | undefined): WearDriver[] {
  const change = rate.slope * DAYS_PER_MONTH;
  const lost = rate.high < 0 ? -change : 0;
  const whole: WearDriver = { attribute: 'battery.health', value: health, delta_30d: change, contribution: lost };
  if (cycles === undefined) return [whole];
  // Of all that was ever lost, the share that the cycles explain.
  const everLost = Math.max(0, 100 - health);
  const share = everLost > 0 ? Math.min(1, (cycles * POINTS_PER_CYCLE) / everLost) : 0;
  const parts: WearDriver[] = [
    { attribute: 'battery.cycles', value: cycles, delta_30d: null, contribution: lost * share },
    { attribute: 'age', value: null, delta_30d: null, contribution: lost * (1 - share) },
  ];
  return [whole, ...parts.sort((a, b) => b.contribution - a.contribution)];
}

function warningsOf(recalibrations: number, rate: WearRate, health: number): string[] {
  const jumps = recalibrations === 1 ? 'once' : `${recalibrations} times`;
  return [
    ...(recalibrations > 0 ? [`the gauge was set anew ${jumps}: such jumps are not taken for wear`] : []),
    ...(rate.low <= 0 && rate.high >= 0 && health > SERVICE
      ? ['no wear that could be told from the trembling of the gauge']
      : []),
  ];
}
