import type { Check } from './check.js';
import { batteryChecks } from './battery.checks.js';
import { diskChecks } from './disk.checks.js';
import { fileSystemChecks } from './file-system.checks.js';
import { memoryChecks } from './memory.checks.js';
import { networkChecks } from './network.checks.js';
import { nvmeChecks } from './nvme.checks.js';
import { performanceChecks } from './performance.checks.js';
import { securityChecks } from './security.checks.js';
import { smartChecks } from './smart.checks.js';
import { stabilityChecks } from './stability.checks.js';
import { thermalChecks } from './thermal.checks.js';

const table = {
  ...fileSystemChecks,
  ...diskChecks,
  ...smartChecks,
  ...nvmeChecks,
  ...memoryChecks,
  ...thermalChecks,
  ...performanceChecks,
  ...batteryChecks,
  ...stabilityChecks,
  ...securityChecks,
  ...networkChecks,
};

/** Stable name of a check. */
export type CheckCode = keyof typeof table;

/** Everything that is judged. A new check is a new row. */
export const checks: Readonly<Record<CheckCode, Check>> = table;

export function isCheckCode(text: string): text is CheckCode {
  return Object.hasOwn(checks, text);
}
