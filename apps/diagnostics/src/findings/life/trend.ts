import { noticeable } from './growth.js';
import type { Value } from './life.js';
import type { Sample } from './samples.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What was longer ago is no trend any more. */
const TREND_MS = 30 * DAY_MS;

/**
 * Where a finding's value goes, in words: `+2 in 9 d` against the oldest value of the last 30 days, or `stable for 30 d`
 * since it last moved noticeably (growth.ts). Null while there are not two values at two times.
 */
export function trendOf(code: string, samples: readonly Sample[]): string | null {
  const last = samples.at(-1);
  const previous = samples.at(-2);
  if (!last || !previous || last.at === previous.at) return null;
  const stillMs = span(firstLike(code, samples, last), last);
  const recent = samples.find((sample) => span(sample, last) <= TREND_MS);
  const base = [recent, previous].find((sample) => sample && moved(code, sample.value, last.value));
  if (!base || stillMs >= TREND_MS) return `stable for ${length(stillMs)}`;
  if (typeof base.value !== 'number' || typeof last.value !== 'number') return `changed in ${length(span(base, last))}`;
  const by = last.value - base.value;
  return `${by > 0 ? '+' : '-'}${figure(Math.abs(by))} in ${length(span(base, last))}`;
}

/** The sample since which the value has been what it is. */
function firstLike(code: string, samples: readonly Sample[], last: Sample): Sample {
  let first = last;
  for (const sample of samples.toReversed()) {
    if (moved(code, sample.value, last.value)) break;
    first = sample;
  }
  return first;
}

function moved(code: string, from: Value, to: Value): boolean {
  if (typeof from !== 'number' || typeof to !== 'number') return from !== to;
  return Math.abs(to - from) >= noticeable(code);
}

const span = (from: Sample, to: Sample) => Date.parse(to.at) - Date.parse(from.at);

function length(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} d`;
  return ms >= 2 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.max(1, Math.round(ms / MINUTE_MS))} min`;
}

function figure(value: number): string {
  return String(value < 100 ? Math.round(value * 10) / 10 : Math.round(value));
}
