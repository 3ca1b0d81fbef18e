import type { Json } from '../trail/canonical-json.js';
import { SEALED } from '../trail/sealed-details.js';

/**
 * Names of members of `details` that tell of a person, or the last word of such: `contact_name`, `sourceAddresses`. Also
 * what people write in their own words, and what they call their things: a customer may be a person, a computer is often
 * called after one.
 */
const PERSONAL = new Set(
  `name firstname lastname fullname displayname givenname familyname username login account contact owner recipient sentto
  email mail phone phonenumber mobile telephone fax address street city zip postcode cpf cnpj rg taxid document passport
  birthdate dateofbirth gender ip useragent hostname fqdn mac latitude longitude location note comment reason
  description`.split(/\s+/),
);

/** Takes what is personal out of details; each value leaves its number behind. */
export function takePersonal(details: Record<string, unknown>): { details: Record<string, Json>; values: Json[] } {
  const values: Json[] = [];
  const without = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(without);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        isPersonal(name) && member !== null ? { [SEALED]: values.push(member) - 1 } : without(member),
      ]),
    );
  };
  return { details: without(details as Record<string, Json>) as Record<string, Json>, values };
}

function isPersonal(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return [words.join(''), words.at(-1) ?? ''].some((word) => PERSONAL.has(word) || PERSONAL.has(singular(word)));
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/(?<=ss|x)es$|(?<!s)s$/, '');
}
