/** Control characters, lone surrogates and line separators: nothing that a database or a terminal chokes on. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

const MAX_TEXT_LENGTH = 128;

/** What nearly every text is: short ASCII without a space at its ends. */
const PLAIN = /^[!-~](?:[ -~]{0,126}[!-~])?$/;

/** A text of at most 128 characters that is safe to store, to print, and to use in a key. */
export function cleanText(value: string): string {
  if (PLAIN.test(value)) return value;
  return value
    .slice(0, 2 * MAX_TEXT_LENGTH)
    .replace(UNPRINTABLE, '')
    .trim()
    .slice(0, MAX_TEXT_LENGTH)
    .replace(UNPRINTABLE, '');
}

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const { hasOwn } = Object;

/** An own property only: a payload may be named like a method or hold `__proto__`. */
export function own(object: Json, key: string): unknown {
  return hasOwn(object, key) ? object[key] : undefined;
}

/** The objects of a list, whatever else is in it. */
export function objectsOf(object: Json, key: string): Json[] {
  const value = own(object, key);
  return Array.isArray(value) ? value.filter(isObject) : [];
}
