import type { Levels } from '../checks/check.js';
import type { CheckCode } from '../checks/checks.js';

/** One observed value, ready to be judged by the check of its code. */
export interface Reading {
  code: CheckCode;
  /** In the unit of the check; a state for a check of states. */
  value: number | string;
  /** Which one of many: a mount, a disk serial, an interface. Part of the finding's key. */
  instance?: string;
  /** Limits that the device itself names, in place of the defaults. */
  limits?: Levels;
  /** The heaviest penalty this reading may give, when a rule beside the number holds it back. */
  atMost?: number;
  /** More words for the title. */
  detail?: string;
}

/** What was read of one section. */
export interface SectionReadings {
  readings: Reading[];
  /** Values that could not be used; each made its metric unknown. */
  note: string | null;
}
