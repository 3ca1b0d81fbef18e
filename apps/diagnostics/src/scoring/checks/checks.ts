import type { Check } from './check.js';
import { machineChecks } from './machine.checks.js';
import { smartChecks } from './smart.checks.js';
import { storageChecks } from './storage.checks.js';
import { systemChecks } from './system.checks.js';

const table = { ...storageChecks, ...smartChecks, ...machineChecks, ...systemChecks };

/** Stable name of a check. */
export type CheckCode = keyof typeof table;

/** Everything that is judged. A new check is a new row. */
export const checks: Readonly<Record<CheckCode, Check>> = table;
