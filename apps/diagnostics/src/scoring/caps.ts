import type { Assessment } from './assessment.js';
import { byWeight } from './assessment.js';

/** A machine with such a fault never scores above the limit, whatever else is fine. */
export interface Cap {
  code: string;
  /** The highest score, 0..100. */
  limit: number;
  source: string;
  applies: (assessment: Assessment) => boolean;
}

/** Lowest limit first. */
const caps: readonly Cap[] = [
  {
    code: 'CAP_HARDWARE_FAILING',
    limit: 25,
    source: 'TechZe: failing hardware is at most 25',
    applies: ({ severity, check }) => severity === 'critical' && check.hardware_failing === true,
  },
  {
    code: 'CAP_CRITICAL',
    limit: 49,
    source: 'TechZe: any critical finding is at most 49',
    applies: ({ severity }) => severity === 'critical',
  },
  {
    code: 'CAP_OS_UNSUPPORTED',
    limit: 70,
    source: 'TechZe, after ControlUp: an unsupported operating system is at most 70',
    applies: ({ code, reading }) => code === 'OS_SUPPORT' && Number(reading.value) < 0,
  },
  {
    code: 'CAP_DISK_FULL',
    limit: 79,
    source: 'TechZe: a full disk is never healthy',
    applies: ({ code, reading }) => code === 'FS_USED' && Number(reading.value) >= 98,
  },
];

/** The lowest cap that applies, with the worst fault that brings it about. */
export function capOf(assessments: readonly Assessment[]): { cap: Cap; cause: Assessment } | null {
  for (const cap of caps) {
    const cause = assessments.filter((assessment) => cap.applies(assessment)).sort(byWeight)[0];
    if (cause) return { cap, cause };
  }
  return null;
}
