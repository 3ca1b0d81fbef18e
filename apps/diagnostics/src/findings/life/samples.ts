import type { Value } from './life.js';

/** A value and when it was measured, by the device's clock (ISO). */
export interface Sample {
  readonly at: string;
  readonly value: Value;
}

/** What is kept of a finding's values, at most. */
export const SAMPLES_KEPT = 16;

/**
 * The samples with one more. Of a value that stays only the first and the last are kept; when there are too many, the one
 * goes whose neighbours are nearest to each other, so that the first and the newest always stay and months fit.
 */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  const stays = last?.value === next.value && samples.at(-2)?.value === next.value;
  const all = [...(stays || last?.at === next.at ? samples.slice(0, -1) : samples), next];
  if (all.length <= SAMPLES_KEPT) return all;
  const crowded = mostCrowded(all);
  return all.filter((_sample, index) => index !== crowded);
}

function mostCrowded(samples: readonly Sample[]): number {
  const gapAround = (index: number) => Date.parse(samples[index + 1]!.at) - Date.parse(samples[index - 1]!.at);
  let crowded = 1;
  for (let index = 2; index < samples.length - 1; index += 1)
    if (gapAround(index) < gapAround(crowded)) crowded = index;
  return crowded;
}
