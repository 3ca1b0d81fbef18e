import type { RecommendationCode } from '@techze/contracts';

/** One thing to do, and the findings that ask for it. */
export interface Rule {
  readonly code: RecommendationCode;
  /** Whether each part (disk, mount, interface) is a recommendation of its own, or the device as a whole. */
  readonly by: 'part' | 'device';
  /** 1: minutes. 2: an hour. 3: half a day, or a part to be bought. */
  readonly effort: number;
  /** Points that are at stake, whatever the findings cost now. By rule: data before hours of work before comfort. */
  readonly harm: number;
  /** Codes of findings. */
  readonly findings: readonly string[];
}

export const rules: readonly Rule[] = [
  {
    code: 'REPLACE_DISK',
    by: 'part',
    effort: 3,
    // A failing disk caps the score at 25, and takes what is on it.
    harm: 75,
    findings: [
      ...['SMART_STATUS', 'SMART_WHEN_FAILED', 'SMARTCTL_VERDICT'],
      ...['SMART_5', 'SMART_10', 'SMART_184', 'SMART_187', 'SMART_196', 'SMART_197', 'SMART_198'],
      ...['NVME_CRITICAL_WARNING', 'NVME_PERCENTAGE_USED', 'NVME_AVAILABLE_SPARE', 'NVME_MEDIA_ERRORS'],
    ],
  },
  {
    code: 'CHECK_DISK_CABLE',
    by: 'part',
    effort: 1,
    harm: 15,
    findings: ['SMART_11', 'SMART_183', 'SMART_188', 'SMART_189', 'SMART_199'],
  },
  { code: 'FREE_DISK_SPACE', by: 'part', effort: 1, harm: 20, findings: ['FS_USED', 'FS_FULL_IN'] },
  { code: 'REPLACE_BATTERY', by: 'part', effort: 2, harm: 10, findings: ['BATTERY_HEALTH', 'BATTERY_CYCLES'] },
  { code: 'CONNECT_CHARGER', by: 'part', effort: 1, harm: 2, findings: ['BATTERY_CHARGE'] },
  {
    code: 'CLEAN_COOLING',
    by: 'device',
    effort: 2,
    harm: 15,
    findings: ['CPU_TEMPERATURE', 'SENSOR_TEMPERATURE', 'GPU_TEMPERATURE', 'DISK_TEMPERATURE'],
  },
  { code: 'RELIEVE_MEMORY', by: 'device', effort: 2, harm: 10, findings: ['MEMORY_USED', 'SWAP_USED', 'OOM_KILLS'] },
  {
    code: 'REPLACE_MEMORY',
    by: 'device',
    effort: 3,
    // Uncorrectable errors cap the score at 25, and spoil what is written.
    harm: 75,
    findings: ['ECC_UNCORRECTABLE', 'ECC_CORRECTABLE'],
  },
  {
    code: 'RELIEVE_PROCESSOR',
    by: 'device',
    effort: 2,
    harm: 8,
    findings: ['CPU_LOAD', 'CPU_IOWAIT', 'LOAD_AVERAGE', 'PROCESSES_BLOCKED', 'DISK_BUSY', 'DISK_AWAIT'],
  },
  {
    code: 'MEND_NETWORK',
    by: 'device',
    effort: 2,
    harm: 8,
    findings: ['NET_LATENCY', 'NET_PACKET_LOSS', 'NET_UNREACHABLE', 'NIC_ERRORS', 'NIC_DROPS', 'NIC_UTILISATION'],
  },
  { code: 'UPGRADE_SYSTEM', by: 'device', effort: 3, harm: 30, findings: ['OS_SUPPORT'] },
  { code: 'SECURE_SYSTEM', by: 'device', effort: 1, harm: 20, findings: ['FIREWALL', 'ANTIVIRUS', 'DISK_ENCRYPTION'] },
  {
    code: 'INVESTIGATE_CRASHES',
    by: 'device',
    effort: 3,
    harm: 15,
    findings: [
      ...['STABILITY_INDEX', 'BUGCHECKS', 'UNEXPECTED_SHUTDOWNS', 'APP_CRASHES', 'HARDWARE_ERRORS', 'DISK_ERRORS'],
    ],
  },
  { code: 'RESTART_DEVICE', by: 'device', effort: 1, harm: 3, findings: ['REBOOT_REQUIRED', 'UPTIME'] },
  { code: 'SET_CLOCK', by: 'device', effort: 1, harm: 3, findings: ['CLOCK_SKEW', 'CLOCK_UNSYNCHRONISED'] },
  { code: 'MEND_SERVICES', by: 'device', effort: 2, harm: 5, findings: ['SERVICE_FAILED'] },
];

/** What no other rule asks for: each finding is one of its own. */
export const otherFinding: Rule = { code: 'RESOLVE_FINDING', by: 'part', effort: 2, harm: 0, findings: [] };

/** A metric that is unlike itself, and of which no finding tells. */
export const anomalyRule: Rule = { code: 'INVESTIGATE_ANOMALY', by: 'part', effort: 2, harm: 5, findings: [] };

/** The same fault of many devices of one kind: its cause is found once. */
export const fleetRule: Rule = { code: 'INVESTIGATE_FLEET', by: 'device', effort: 3, harm: 20, findings: [] };

const byFinding = new Map(rules.flatMap((rule) => rule.findings.map((code) => [code, rule] as const)));

export function ruleOf(findingCode: string): Rule {
  return byFinding.get(findingCode) ?? otherFinding;
}

export function ruleNamed(code: RecommendationCode): Rule {
  const rule = rules.find((each) => each.code === code);
  if (!rule) throw new Error(`no rule is called ${code}`);
  return rule;
}
