import { inspectJson, Problem } from '@techze/contracts';

const utf8 = new TextDecoder();

/**
 * The body as JSON under the limits of the edge, which left that to us. Some libraries write NaN and Infinity, which JSON
 * does not have: they become what no number can be, so that the fault is told with its place.
 */
export function parseBody(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  const value = parsed(() => text) ?? parsed(() => withoutBareWords(text));
  if (!value) throw new Problem('malformed-json');
  inspectJson(value.json);
  return value.json;
}

function parsed(text: () => string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text()) as unknown };
  } catch {
    return undefined;
  }
}

/** What is between two strings has no quotes in it: each is looked at once, while one expression over both reads on and on. */
function withoutBareWords(text: string): string {
  let without = '';
  for (let from = 0; from < text.length;) {
    const quote = indexOrEnd(text, '"', from);
    const end = endOfString(text, quote);
    without += text.slice(from, quote).replace(/-?\b(?:NaN|Infinity)\b/g, '1e999') + text.slice(quote, end);
    from = end;
  }
  return without;
}

/** The place after its closing quote, or the end of the text. */
function endOfString(text: string, quote: number): number {
  let end = quote + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return Math.min(end + 1, text.length);
}

function indexOrEnd(text: string, what: string, from: number): number {
  const index = text.indexOf(what, from);
  return index === -1 ? text.length : index;
}
