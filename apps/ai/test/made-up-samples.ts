import type { Measurement } from '@techze/contracts';

export const HOUR_MS = 3_600_000;
/** Numbers between 0 and 1, the same every time (Park and Miller). */
export function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Hours of a quiet machine: nothing of it is strange. The last hour ends an hour ago. */
export function quietHours(
  count: number,
  seed = 7,
  before = Date.now(),
): { at: number; measurements: Measurement[] }[] {
  const next = random(seed);
  const end = Math.floor(before / HOUR_MS) * HOUR_MS;
  return Array.from({ length: count }, (_, hour) => ({
    at: end - (count - hour) * HOUR_MS,
    measurements: [
      { metric: 'cpu.load', instance: '', value: 20 + 15 * next() },
      { metric: 'cpu.temperature', instance: '', value: 45 + 8 * next() },
      { metric: 'disk.used_ratio', instance: '/', value: 0.5 + 0.01 * next() },
      { metric: 'smart.5', instance: 'S1', value: 3 },
      { metric: 'boot.uptime_seconds', instance: '', value: 3600 * hour },
    ],
  }));
}

/** The same with other values of one metric. */
export function withValue<Of extends { measurements: Measurement[] }>(
  diagnostic: Of,
  metric: string,
  value: number,
): Of {
  const measurements = diagnostic.measurements.map((each) => (each.metric === metric ? { ...each, value } : each));
  return { ...diagnostic, measurements };
}
