import type { Evidence } from '@techze/contracts';

/** At most two decimals, none that say nothing. */
export function formatNumber(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

const SCALE = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function formatBytes(bytes: number): string {
  const power = Math.min(SCALE.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(bytes) || 1) / 10)));
  return `${formatNumber(bytes / 1024 ** power)} ${SCALE[power]}`;
}

function formatValue(value: Evidence['value'], unit: string): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return unit && unit !== 'text' ? `${value} ${unit}` : value;
  if (unit === 'ratio') return `${formatNumber(value * 100)} %`;
  if (unit === 'bytes' || unit === 'B') return formatBytes(value);
  const bare = unit === '' || unit === 'count' || unit === 'boolean';
  return bare ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** `disk.used_ratio of /home is 93 %, limit 90 % (Netdata disks.conf)`. */
export function describeEvidence({ metric, instance, value, unit, threshold, source }: Evidence): string {
  const where = instance ? ` of ${instance}` : '';
  const limit = threshold === null ? '' : `, limit ${formatValue(threshold, unit)}`;
  return `${metric}${where} is ${formatValue(value, unit)}${limit} (${source})`;
}
