import { cleanText } from './clean-data.js';

/** What makers leave in the firmware where a value should be. Compared without case, blanks and punctuation. */
const junk = new Set(
  [
    'default string',
    'to be filled by o.e.m.',
    'to be filled by oem',
    'o.e.m.',
    'oem',
    'none',
    'n/a',
    'na',
    'null',
    'undefined',
    'unknown',
    'not specified',
    'not applicable',
    'not available',
    'not present',
    'not settable',
    'no asset tag',
    'asset tag',
    'empty',
    'invalid',
    'system manufacturer',
    'system product name',
    'system serial number',
    'system version',
    'serial number',
    'chassis serial number',
    'base board serial number',
    'mainboard serial number',
    'product name',
    'type1productconfigid',
    'sku',
    'test',
    'x.x',
    '0123456789',
    '123456789',
    '1234567890',
    '1234567',
    '12345678',
    'abcdefghijklmnopqrstuvwxyz',
    // The UUIDs of boards that all carry the same one (AMI's sample, and the classic of cloned firmware).
    '03000200-0400-0500-0006-000700080009',
    '12345678-1234-5678-90ab-cddeefaabbcc',
    '11111111-2222-3333-4444-555555555555',
    '00020003-0004-0005-0006-000700080009',
  ].map(compact),
);

function compact(value: string): string {
  return value.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The value, cleaned, or undefined when it says nothing: empty, a placeholder, one digit over and over. */
export function realValue(value: string | null | undefined, max = 255): string | undefined {
  if (typeof value !== 'string') return undefined;
  const cleaned = cleanText(value, max);
  const bare = compact(cleaned);
  const repeated = bare.length > 3 && /^(.)\1*$/.test(bare) && /[0-9fx]/.test(bare[0] ?? '');
  const zeros = /^0+$/.test(bare);
  // A name in another script has no letters left here, and is none the worse for it.
  const letterless = bare === '' && !/\p{L}|\p{N}/u.test(cleaned);
  return letterless || zeros || repeated || junk.has(bare) ? undefined : cleaned;
}
