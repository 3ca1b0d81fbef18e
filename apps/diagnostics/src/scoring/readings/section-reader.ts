import type { SectionStatus } from '@techze/contracts';
import type { PartKind } from '../checks/check.js';
import type { ListedParts } from '../parts.js';
import type { Measurement, Reading, SectionReadings } from './reading.js';
import { cleanText, isObject, own, type Json } from './values.js';
import { WorstReadings } from './worst-readings.js';

/** How many unusable values a note spells out. */
const NOTED_VALUES = 5;

/** Of one metric; a machine has fewer, and whoever sends more is not believed to the last. */
const MAX_MEASUREMENTS = 200;

/** Whoever sends a list cuts it somewhere: one that is as long as this may have been cut. */
const CUT_FROM = 64;

/** A field that is absent, or that the library leaves empty when it does not know. Nothing to complain about. */
function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `“${cleanText(value.slice(0, 24))}”`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** One object of a list, and where it was found. */
export interface Entry {
  item: Json;
  path: string;
  index: number;
}

/**
 * Reads the `data` of one section leniently: a value that cannot be true makes its metric unknown and leaves a note.
 * Three answers everywhere: the value; `undefined` when it is not there; `null` when it is there and unusable.
 */
export class SectionReader {
  private readonly worst = new WorstReadings();
  private readonly measurements: Measurement[] = [];
  private readonly parts = new Map<PartKind, Set<string | null>>();
  private readonly unusable: string[] = [];
  private unusableCount = 0;

  constructor(private readonly status: SectionStatus) {}

  add(reading: Reading): void {
    this.worst.add(reading);
  }

  /** Keeps a value over time that nothing judges. */
  measure(metric: string, value: number, instance: string): void {
    if (this.measurements.length < MAX_MEASUREMENTS) this.measurements.push({ metric, instance, value });
  }

  /** One of the parts of a kind, under the name that its findings have; null: one that hides its name. */
  lists(kind: PartKind, name: string | null): void {
    const names = this.parts.get(kind) ?? new Set();
    this.parts.set(kind, names);
    if (names.size < CUT_FROM) names.add(name);
  }

  /** A kind of which the machine can do without, and has none. */
  listsNone(kind: PartKind): void {
    this.parts.set(kind, new Set());
  }

  get result(): SectionReadings {
    const { worst, measurements, wholeParts: parts, note } = this;
    return { readings: worst.readings, milder: worst.milder, measurements, parts, note };
  }

  /**
   * The kinds that were listed whole: a collector that failed half-way, a very long list, or a part without a name (an
   * agent without root) does not tell that another part is gone.
   */
  private get wholeParts(): ListedParts {
    const whole = new Map<PartKind, Set<string>>();
    if (this.status === 'timeout' || this.status === 'error') return whole;
    for (const [kind, names] of this.parts) {
      const known = [...names].filter((name) => name !== null);
      if (known.length === names.size && names.size < CUT_FROM) whole.set(kind, new Set(known));
    }
    return whole;
  }

  /** A finite number within the bounds of what is physically possible. */
  number(object: Json, key: string, path: string, min: number, max: number): number | null | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.refuse(`${path}${key}`, value, `not a number from ${min} to ${max}`);
  }

  /** A count: whole, from zero. */
  count(object: Json, key: string, path: string, max = Number.MAX_VALUE): number | null | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
    return this.refuse(`${path}${key}`, value, 'not a count');
  }

  boolean(object: Json, key: string, path: string): boolean | null | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    return typeof value === 'boolean' ? value : this.refuse(`${path}${key}`, value, 'neither true nor false');
  }

  /** Cleaned; undefined when nothing is left of it. */
  text(object: Json, key: string, path: string): string | null | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    if (typeof value !== 'string') return this.refuse(`${path}${key}`, value, 'not a text');
    return cleanText(value) || undefined;
  }

  object(object: Json, key: string, path: string): Json | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    if (isObject(value)) return value;
    this.refuse(`${path}${key}`, value, 'not an object');
    return undefined;
  }

  /** The objects of a list, each with its path; anything else in the list is noted. */
  list(object: Json, key: string, path: string): Entry[] {
    const value = own(object, key);
    if (isMissing(value)) return [];
    if (!Array.isArray(value)) {
      this.refuse(`${path}${key}`, value, 'not a list');
      return [];
    }
    const entries: Entry[] = [];
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (isObject(item)) entries.push({ item, path: `${path}${key}[${index}].`, index });
      else if (!isMissing(item)) this.refuse(`${path}${key}[${index}]`, item, 'not an object');
    }
    return entries;
  }

  /** Like `list`, for what may also be a single object. */
  entries(object: Json, key: string, path: string): Entry[] {
    const value = own(object, key);
    return isObject(value) ? [{ item: value, path: `${path}${key}.`, index: 0 }] : this.list(object, key, path);
  }

  refuse(path: string, value: unknown, why: string): null {
    this.unusableCount += 1;
    if (this.unusable.length < NOTED_VALUES) this.unusable.push(`${path}: ${describe(value)} is ${why}`);
    return null;
  }

  private get note(): string | null {
    if (this.unusableCount === 0) return null;
    const more = this.unusableCount - this.unusable.length;
    return `Not used: ${this.unusable.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
  }
}
