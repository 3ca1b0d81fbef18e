import { featuresAt } from '../features.js';
import { priorOf, type ModelPriors } from '../model-prior.js';
import { SmartHistory } from '../smart-history.js';
import type { SmartSnapshot } from '../smart-snapshot.js';
import type { Drive } from './backblaze.js';
import { fractionOf } from './random.js';

/**
 * How much of its past a disk is asked with. `read`: all of it, and read again at the landmark. `changes`: all of it, the
 * newest snapshot being its last change. `alone`: nothing but what it says at the landmark.
 */
export const views = ['read', 'changes', 'alone'] as const;
export type View = (typeof views)[number];

/** A landmark and what could be known at it. */
export interface Example {
  readonly drive: Drive;
  readonly view: View;
  readonly history: SmartHistory;
  readonly label: 0 | 1;
}

/** Out of the snapshots up to the landmark. What comes later gives the answer away, and so would the number of landmarks. */
export function examplesOf(drives: readonly Drive[], view: View): Example[] {
  return drives.flatMap((drive) =>
    drive.landmarks.map(({ hours, fails }): Example => {
      const known = drive.snapshots.filter((snapshot) => (snapshot.hours ?? Infinity) <= hours);
      return { drive, view, history: SmartHistory.of(viewed(known, hours, view)), label: fails ? 1 : 0 };
    }),
  );
}

/** What is trained on: every landmark with its past, and once more with less of it, so that less is no surprise. */
export function trainingExamplesOf(drives: readonly Drive[]): Example[] {
  const less = views.slice(1).flatMap((view, index) =>
    examplesOf(drives, view).filter(({ drive, history }) => {
      const half = fractionOf(`${drive.id} ${Math.round(history.now)}`) < 0.5;
      return half === (index === 0);
    }),
  );
  return [...examplesOf(drives, 'read'), ...less];
}

function viewed(known: readonly SmartSnapshot[], hours: number, view: View): readonly SmartSnapshot[] {
  if (view === 'changes') return known;
  const attributes = Object.assign({}, ...known.map((snapshot) => snapshot.attributes)) as SmartSnapshot['attributes'];
  const now = { hours, model: known.at(-1)?.model ?? null, attributes };
  return view === 'alone' ? [now] : [...known, now];
}

export function rowsOf(examples: readonly Example[], priorsFor: (drive: Drive) => ModelPriors): Float64Array[] {
  return examples.map(({ history, drive }) => featuresAt(history, priorOf(priorsFor(drive), drive.model)));
}

export function labelsOf(examples: readonly Example[]): Uint8Array {
  return Uint8Array.from(examples, ({ label }) => label);
}
