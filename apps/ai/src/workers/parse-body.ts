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

/** Strings are matched first, so that words inside of them stay. */
function withoutBareWords(text: string): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
    found.startsWith('"') ? found : '1e999',
  );
}
