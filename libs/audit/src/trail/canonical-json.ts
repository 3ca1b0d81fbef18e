/** What JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/**
 * The one spelling of a JSON value (RFC 8785): members by the UTF-16 units of their names, nothing between tokens,
 * numbers and texts as ECMAScript writes them. Equal values have equal bytes, in every process and in every year.
 */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
