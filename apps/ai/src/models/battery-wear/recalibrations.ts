import { median, type GaugeDay } from './gauge-days.js';

/** A battery does not lose this many points between two readings beyond its usual wear: its gauge was set anew. */
const LEAST_JUMP = 2;
/** Of a normal distribution's standard deviations, one in a million: gauges tremble. */
const TREMBLE = 5;
/** The standard deviation of a normal distribution per median absolute deviation. */
const DEVIATION_PER_MAD = 1.4826;

/**
 * The days between two settings of the gauge, which relearns the full charge now and then and jumps by some points. What
 * was lost before and after is wear; the jump itself says nothing of how fast.
 */
export function betweenRecalibrations(days: readonly GaugeDay[]): GaugeDay[][] {
  const steps = days.slice(1).map((next, index) => {
    const { day, health } = days[index]!;
    return { days: next.day - day, change: next.health - health };
  });
  if (steps.length === 0) return [[...days]];
  const usual = median(steps.map((step) => step.change / step.days));
  const unusual = steps.map((step) => Math.abs(step.change - usual * step.days));
  const limit = Math.max(LEAST_JUMP, TREMBLE * DEVIATION_PER_MAD * median(unusual));
  const stretches: GaugeDay[][] = [[days[0]!]];
  unusual.forEach((change, index) => {
    if (change > limit) stretches.push([]);
    stretches.at(-1)!.push(days[index + 1]!);
  });
  return stretches;
}
