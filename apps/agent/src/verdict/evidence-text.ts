import type { Evidence } from '@techze/contracts';

/** At most two decimals, none that say nothing. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

const SCALE = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function formatBytes(bytes: number): string {
  const power = Math.min(SCALE.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(bytes) || 1) / 10)));
  return `${formatNumber(bytes / 1024 ** power)} ${SCALE[power]}`;
}

/** Long times in hours or days: nobody reads 3456000 s. */
function formatSeconds(seconds: number): string {
  const [unit, length] = (
    [
      ['d', 86_400],
      ['h', 3_600],
    ] as const
  ).find(([, size]) => Math.abs(seconds) >= 2 * size) ?? ['s', 1];
  return `${formatNumber(seconds / length)} ${unit}`;
}

/** Units that say what the metric's name says already. */
const silentUnits = new Set(['', 'count', 'boolean', 'state', 'text']);

function formatValue(value: Evidence['value'], unit: string): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (unit === 'ratio') return `${formatNumber(value * 100)} %`;
    if (unit === 'bytes' || unit === 'B') return formatBytes(value);
    if (unit === 's') return formatSeconds(value);
  }
  const text = typeof value === 'number' ? formatNumber(value) : value;
  return silentUnits.has(unit) ? text : `${text} ${unit}`;
}

/** `disk.used_ratio of /home is 93 %, limit 90 % (Netdata disks.conf)`. */
export function describeEvidence({ metric, instance, value, unit, threshold, source }: Evidence): string {
  const where = instance ? ` of ${instance}` : '';
  const limit = threshold === null ? '' : `, limit ${formatValue(threshold, unit)}`;
  return `${metric}${where} is ${formatValue(value, unit)}${limit} (${source})`;
}
