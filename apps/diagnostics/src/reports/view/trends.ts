import type { PastFacts } from '../report-facts.js';
import { printable } from './printable.js';
import type { Trend } from './report-view.js';
import { trendCodes, type TrendCode } from './trend-codes.js';

const TRENDS_SHOWN = 4;
const INSTANCE_MAX_CHARS = 60;

const isTrendCode = (code: string): code is TrendCode => (trendCodes as readonly string[]).includes(code);

/** The series that tell something: at least two points, and not nothing but zeros. What changed comes first. */
export function trendsOf(past: readonly PastFacts[]): Trend[] {
  const series = new Map<string, { code: TrendCode; instance: string | null; points: { at: Date; value: number }[] }>();
  for (const { at, readings } of past) {
    for (const { code, instance = null, value } of readings) {
      if (!isTrendCode(code) || typeof value !== 'number') continue;
      const key = `${code}:${instance ?? ''}`;
      const known = series.get(key) ?? {
        code,
        instance: instance && printable(instance, INSTANCE_MAX_CHARS),
        points: [],
      };
      series.set(key, known);
      // Two disks of one serial, or two sights within a millisecond: one point a moment.
      if (known.points.at(-1)?.at.getTime() !== at.getTime()) known.points.push({ at, value });
    }
  }
  return [...series.values()]
    .filter(({ points }) => points.length >= 2 && points.some(({ value }) => value !== 0))
    .sort((a, b) => Number(changed(b)) - Number(changed(a)) || trendCodes.indexOf(a.code) - trendCodes.indexOf(b.code))
    .slice(0, TRENDS_SHOWN);
}

function changed({ points }: Pick<Trend, 'points'>): boolean {
  return points.some(({ value }) => value !== points[0]?.value);
}
