import { z } from 'zod';

/**
 * The metrics of the time-series (analytics.md) and their units. A ratio is 0..1; evidence shows the same in per cent.
 * Instance: a mount (`disk.used_…`), a disk's serial (`disk.temperature`, `smart.…`), an interface (`net.rx_errors`), the
 * second and further batteries; else empty.
 */
export const measurementUnits = {
  'health.score': 'points, 0 to 100',
  'cpu.load': 'percent',
  'cpu.temperature': '°C',
  'memory.used_ratio': 'ratio',
  'swap.used_ratio': 'ratio',
  'disk.used_bytes': 'bytes',
  'disk.used_ratio': 'ratio',
  'disk.temperature': '°C',
  'battery.health': 'percent of the designed capacity',
  'battery.cycles': 'cycles',
  'net.latency_ms': 'milliseconds',
  'net.rx_errors': 'errors since the interface is up',
  'boot.uptime_seconds': 'seconds',
} as const;

/** One of `measurementUnits`, or `smart.<id>`: the raw value of that SMART attribute. */
export const metricName = z
  .string()
  .refine((name) => Object.hasOwn(measurementUnits, name) || /^smart\.[1-9]\d{0,2}$/.test(name), 'is not a metric');

/** One sample of a diagnostic; its time is the diagnostic's. */
export const Measurement = z.object({ metric: metricName, instance: z.string(), value: z.number() });
export type Measurement = z.infer<typeof Measurement>;
