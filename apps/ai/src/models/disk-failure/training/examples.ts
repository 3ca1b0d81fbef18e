import { featuresAt } from '../features.js';
import { priorOf, type ModelPriors } from '../model-prior.js';
import { SmartHistory } from '../smart-history.js';
import type { Drive } from './backblaze.js';

/** A landmark and what could be known at it. */
export interface Example {
  readonly drive: Drive;
  readonly history: SmartHistory;
  readonly label: 0 | 1;
}

/**
 * One example a landmark, out of the snapshots up to it and an empty one at it (a request is made by someone who reads the
 * disk then). What comes later gives the answer away, and so would the number of landmarks.
 */
export function examplesOf(drives: readonly Drive[]): Example[] {
  return drives.flatMap((drive) =>
    drive.landmarks.map(({ hours, fails }): Example => {
      const known = drive.snapshots.filter((snapshot) => (snapshot.hours ?? Infinity) <= hours);
      return { drive, history: SmartHistory.of([...known, { hours, attributes: {} }]), label: fails ? 1 : 0 };
    }),
  );
}

export function rowsOf(examples: readonly Example[], priors: ModelPriors): Float64Array[] {
  return examples.map(({ history, drive }) => featuresAt(history, priorOf(priors, drive.model)));
}

export function labelsOf(examples: readonly Example[]): Uint8Array {
  return Uint8Array.from(examples, ({ label }) => label);
}
