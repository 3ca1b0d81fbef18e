/** Bounds of what is sent: a machine with more is cut here, before the server's own limits refuse the whole. */
const MAX_TEXT = 1_000;
const MAX_ITEMS = 1_000;
const MAX_DEPTH = 20;

/** Names that the server refuses in any object. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

const isSent = (member: unknown) => member !== undefined && typeof member !== 'function';

/** Text that the contracts accept: no control characters, no lone surrogates, trimmed and at most `max` long. */
export function cleanText(text: string, max = MAX_TEXT): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- taking control characters out is the point
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
      .trim()
      .slice(0, max)
      .toWellFormed()
  );
}

/** What JSON can hold of a value: NaN and the infinities become null, undefined members go, text is cleaned. */
export function cleanData(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => cleanData(item, depth + 1));
  const members = Object.entries(value).slice(0, MAX_ITEMS);
  const named = members.map(([key, member]) => [cleanText(key), member] as const);
  const kept = named.filter(([key, member]) => !forbiddenKeys.has(key) && isSent(member));
  return Object.fromEntries(kept.map(([key, member]) => [key, cleanData(member, depth + 1)]));
}
