import { FAULTS_MAX, InputRefused, readTimes, type Fault } from '../models/series/index.js';
import { sequencesOf } from '../models/sequences/index.js';
import { refuseTooMany } from '../workers/parse-request.js';
import { insufficient } from '../workers/series-input.js';
import { countedQuality } from './counted-quality.js';
import type { Found } from './found.js';

/** A kind of event has a name, not a text. */
const TYPE_MAX = 256;

/** What follows on what. */
export function eventPatterns(given: readonly unknown[]): Found {
  refuseTooMany(given.length);
  const quality = countedQuality(given.length);
  if (given.length === 0) insufficient(false, quality, 1, 0);
  const types = readTypes(given);
  const times = timesOf(given);
  const { sequences, truncated } = sequencesOf(types.map((type, index) => ({ at: times[index] ?? 0, type })));
  return {
    sequences,
    tasks: ['sequences'],
    methods: ['prefix-span'],
    quality,
    warnings: truncated ? ['There were too many sequences to look at all of them.'] : [],
  };
}

function readTypes(given: readonly unknown[]): string[] {
  const faults: Fault[] = [];
  const types = given.map((event, index) => {
    const { at: _at, type, ...more } = Object(event) as Readonly<Record<string, unknown>>;
    const pointer = `/events/${index}`;
    if (typeof event !== 'object' || event === null || Array.isArray(event))
      faults.push({ pointer, detail: 'is not an event: {"at", "type"}' });
    else if (typeof type !== 'string' || type.length === 0 || type.length > TYPE_MAX)
      faults.push({ pointer: `${pointer}/type`, detail: `is not a name of at most ${TYPE_MAX} characters` });
    for (const key of Object.keys(more).slice(0, 1))
      faults.push({ pointer: `${pointer}/${key}`, detail: 'is not a known field' });
    return typeof type === 'string' ? type : '';
  });
  if (faults.length > 0) throw new InputRefused('validation-failed', faults.slice(0, FAULTS_MAX));
  return types;
}

function timesOf(given: readonly unknown[]): Float64Array {
  const times = given.map((event) => (event as { readonly at?: unknown }).at);
  return readTimes(times, (index) => `/events/${index}/at`);
}
