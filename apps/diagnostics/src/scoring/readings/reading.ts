import type { Levels } from '../checks/check.js';
import type { CheckCode } from '../checks/checks.js';
import type { ListedParts } from '../parts.js';

/** One observed value, ready to be judged by the check of its code. Plain JSON: a diagnostic keeps its readings. */
export interface Reading {
  code: CheckCode;
  /** In the unit of the check; a state for a check of states. */
  value: number | string;
  /** Which one of many: a mount, a disk serial, an interface. Part of the finding's key. */
  instance?: string;
  /** Limits that the device itself names, in place of the defaults. */
  limits?: Levels;
  /** The heaviest penalty this reading may give, when a rule beside the number holds it back. */
  at_most?: number;
  /** More words for the title, the same in every language. */
  detail?: string;
  /** Where its limits come from, when not from the check's source. */
  source?: string;
}

/** A reading as the diagnostic's row keeps it. */
export type StoredReading = Reading;

/** A value over time that nothing judges, under its metric of analytics.md. */
export interface Measurement {
  metric: string;
  instance?: string;
  value: number;
}

/** What was read of one section. */
export interface SectionReadings {
  readings: readonly Reading[];
  /** Keys of readings that were left out, each no worse than all of its check that are there. */
  milder: readonly string[];
  measurements: readonly Measurement[];
  parts: ListedParts;
  /** Values that could not be used; each made its metric unknown. */
  note: string | null;
}
