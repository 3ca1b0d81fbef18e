import type { Category } from '@techze/contracts';
import { isCheckCode } from './checks/checks.js';
import type { ListedParts } from './parts.js';
import type { Measurement, Reading, StoredReading } from './readings/reading.js';

/** What the sections of one diagnostic say, before anything is judged. */
export interface Evidence {
  readings: readonly Reading[];
  /** Keys of readings that were left out, each no worse than all of its check that are there. */
  milder: readonly string[];
  /** Per section, the values that could not be used; each made its metric unknown. */
  notes: readonly SectionNote[];
  /** Why nothing can be said of a category, for those of which nothing was read. */
  unobserved: ReadonlyMap<Category, string>;
  /** Which disks, mounts and other parts the machine has. */
  parts: ListedParts;
  /** Measured and not judged. */
  measurements: readonly Measurement[];
}

export interface SectionNote {
  section: string;
  note: string;
}

/** Stored readings judged again, as by a preview of other thresholds. A check that exists no more is left out. */
export function evidenceOfReadings(readings: readonly StoredReading[]): Evidence {
  return {
    readings: readings.filter(({ code }) => isCheckCode(code)),
    milder: [],
    notes: [],
    unobserved: new Map(),
    parts: new Map(),
    measurements: [],
  };
}
