import type { Levels } from './check.js';
import { checks, type CheckCode } from './checks.js';

/** The rows of mission.md §4.4: where a warning and a critical are entered and left. */
const rows: [row: string, code: CheckCode, levels: Partial<Levels>][] = [
  // One sample is not the mean of ten minutes that the source's 95 % is about: busy is never critical.
  ['CPU utilisation', 'CPU_LOAD', { warning: 85, leave: 75, critical: null }],
  ['iowait', 'CPU_IOWAIT', { warning: 40, leave: 20, critical: null }],
  ['load per core', 'LOAD_AVERAGE', { warning: 200, leave: 175, critical: null }],
  [
    'RAM used, and from its other side RAM available',
    'MEMORY_USED',
    { warning: 90, leave: 80, critical: 98, critical_leave: 90 },
  ],
  ['OOM kill', 'OOM_KILLS', { warning: 1, leave: 0 }],
  ['swap used', 'SWAP_USED', { warning: 90, leave: 80, critical: 98, critical_leave: 90 }],
  ['ECC correctable', 'ECC_CORRECTABLE', { warning: 1, leave: 0, critical: null }],
  ['ECC uncorrectable', 'ECC_UNCORRECTABLE', { warning: null, critical: 1 }],
  ['file system used', 'FS_USED', { warning: 90, leave: 80, critical: 98, critical_leave: 90 }],
  ['disk full in', 'FS_FULL_IN', { warning: 8, leave: 48, critical: 2, critical_leave: 24 }],
  ['disk busy', 'DISK_BUSY', { warning: 98, leave: 68.6, critical: null }],
  ['disk await', 'DISK_AWAIT', { warning: 20, critical: null }],
  ['disk temperature', 'DISK_TEMPERATURE', { warning: 50, critical: 65 }],
  ['NVMe critical_warning', 'NVME_CRITICAL_WARNING', { warning: null, critical: 1 }],
  ['NVMe percentage_used', 'NVME_PERCENTAGE_USED', { warning: 91, critical: 101 }],
  ['NVMe available_spare', 'NVME_AVAILABLE_SPARE', { critical: 9 }],
  ['NVMe media_errors', 'NVME_MEDIA_ERRORS', { warning: 1, critical: null }],
  ['SMART 5', 'SMART_5', { warning: 5, critical: 17 }],
  ['SMART 10', 'SMART_10', { critical: 1 }],
  ['SMART 187', 'SMART_187', { critical: 1 }],
  ['SMART 188', 'SMART_188', { critical: 101 }],
  ['SMART 197', 'SMART_197', { critical: 1 }],
  ['SMART 198', 'SMART_198', { critical: 1 }],
  ['SMART 199', 'SMART_199', { warning: 2, critical: 17 }],
  ['other counters: 11, too few seen to be critical', 'SMART_11', { warning: 1, critical: null }],
  ['other counters: 183', 'SMART_183', { critical: 3 }],
  ['other counters: 184', 'SMART_184', { critical: 1 }],
  ['other counters: 189', 'SMART_189', { warning: 14, critical: 31 }],
  ['other counters: 196', 'SMART_196', { warning: 12, critical: 12 }],
  ['CPU temperature without trip points', 'CPU_TEMPERATURE', { warning: 85, critical: 95 }],
  ['battery health', 'BATTERY_HEALTH', { warning: 80, critical: 50 }],
  ['battery cycles', 'BATTERY_CYCLES', { warning: 1000 }],
  ['battery charge', 'BATTERY_CHARGE', { warning: 10 }],
  ['packet loss', 'NET_PACKET_LOSS', { warning: 5, critical: 10 }],
  ['round trip time', 'NET_LATENCY', { warning: 500, critical: 1000 }],
  ['NIC drops', 'NIC_DROPS', { warning: 2 }],
  ['NIC utilisation', 'NIC_UTILISATION', { warning: 90, leave: 85 }],
  ['service failed', 'SERVICE_FAILED', { warning: 1, leave: 0 }],
  ['clock skew', 'CLOCK_SKEW', { warning: 60 }],
  ['Windows stability index', 'STABILITY_INDEX', { warning: 6, critical: 3 }],
];

it.each(rows)('%s is %s', (_row, code, levels) => {
  const { rule } = checks[code];
  expect(rule.kind === 'states' ? null : rule.levels).toMatchObject(levels);
});

/** Those rows that are states: what each costs. */
it.each([
  ['smartctl exit bits 3 and 4', 'SMARTCTL_VERDICT', ['failing', 'prefail_now'], 70, 100],
  ['smartctl exit bits 5, 6 and 7', 'SMARTCTL_VERDICT', ['prefail_past', 'errors_logged', 'self_test_failed'], 40, 69],
  ['when_failed now', 'SMART_WHEN_FAILED', ['now'], 70, 100],
  ['when_failed in the past', 'SMART_WHEN_FAILED', ['past'], 40, 69],
  ['SMART status failing', 'SMART_STATUS', ['failing'], 70, 100],
  ['unreachable', 'NET_UNREACHABLE', ['no'], 40, 69],
  ['clock not synchronised', 'CLOCK_UNSYNCHRONISED', ['no'], 40, 69],
  ['reboot required', 'REBOOT_REQUIRED', ['yes'], 40, 69],
] as const)('%s: %s %j', (_row, code, states, least, most) => {
  const { rule } = checks[code];
  for (const state of states) {
    const penalty = rule.kind === 'states' ? (rule.penalties[state] ?? NaN) : NaN;
    expect(penalty).toBeGreaterThanOrEqual(least);
    expect(penalty).toBeLessThanOrEqual(most);
  }
});
