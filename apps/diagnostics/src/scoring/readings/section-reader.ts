import type { CheckCode } from '../checks/checks.js';
import type { Reading } from './reading.js';
import { cleanText, isObject, own, type Json } from './values.js';

/** How many unusable values a note spells out. */
const NOTED_VALUES = 5;

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
  readonly readings: Reading[] = [];
  private readonly unusable: string[] = [];
  private unusableCount = 0;

  add(code: CheckCode, value: number | string, more: Omit<Reading, 'code' | 'value'> = {}): void {
    this.readings.push({ code, value, ...more });
  }

  /** A finite number within the bounds of what is physically possible. */
  number(object: Json, key: string, path: string, min: number, max: number): number | null | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.refuse(`${path}${key}`, value, `not a number from ${min} to ${max}`);
  }

  /** A count: whole, from zero. */
  count(object: Json, key: string, path: string): number | null | undefined {
    const value = own(object, key);
    if (isMissing(value)) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
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
  *list(object: Json, key: string, path: string): Generator<Entry> {
    const value = own(object, key);
    if (isMissing(value)) return;
    if (!Array.isArray(value)) {
      this.refuse(`${path}${key}`, value, 'not a list');
      return;
    }
    for (const [index, item] of value.entries()) {
      const itemPath = `${path}${key}[${index}]`;
      if (isObject(item)) yield { item, path: `${itemPath}.`, index };
      else if (!isMissing(item)) this.refuse(itemPath, item, 'not an object');
    }
  }

  /** Like `list`, for what may also be a single object. */
  entries(object: Json, key: string, path: string): Entry[] {
    const value = own(object, key);
    return isObject(value) ? [{ item: value, path: `${path}${key}.`, index: 0 }] : [...this.list(object, key, path)];
  }

  refuse(path: string, value: unknown, why: string): null {
    this.unusableCount += 1;
    if (this.unusable.length < NOTED_VALUES) this.unusable.push(`${path}: ${describe(value)} is ${why}`);
    return null;
  }

  get note(): string | null {
    if (this.unusableCount === 0) return null;
    const more = this.unusableCount - this.unusable.length;
    return `Not used: ${this.unusable.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
  }
}
