// C0 and C1 controls, DEL, and the format characters that turn or hide text in a terminal or a browser.
// eslint-disable-next-line no-control-regex -- removing them is the point
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A caller's text made fit for a log that people read: no control characters, well-formed, bounded. */
export function plainText(text: string | null | undefined, maxChars: number): string | null {
  if (text === null || text === undefined) return null;
  // Cut first: a caller's megabyte is not worth scanning. The cut may split a pair, which toWellFormed mends.
  return text.slice(0, maxChars).replace(UNPRINTABLE, '').toWellFormed();
}
