/** What boards say instead of a serial number or a UUID: it names thousands of machines at once. */
const JUNK = new Set([
  'defaultstring',
  'tobefilledbyoem',
  'systemserialnumber',
  'serialnumber',
  'systemproductname',
  'systemmanufacturer',
  'chassisserialnumber',
  'baseboardserialnumber',
  'notapplicable',
  'notavailable',
  'notspecified',
  'none',
  'null',
  'na',
  'oem',
  'unknown',
  'invalid',
  'empty',
  'undefined',
  'string',
  'test',
  'xxxxxxxxxx',
  '0123456789',
  '1234567890',
  '123456789',
  '12345678',
  '123456',
]);

/** One character all the way, the UUID of countless cheap boards, and its relatives. */
const JUNK_PATTERNS = [
  /^(.)\1*$/,
  /^0*1?$/,
  /^03000200040005000006000700080009$/,
  /^fefefefe/,
  /^00020003000400050006000700080009$/,
];

/** A serial number or UUID that really tells machines apart, trimmed; undefined for what boards say when nobody set one. */
export function usableIdentifier(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  if (!trimmed) return undefined;
  const bare = trimmed.toLowerCase().replace(/[^a-z0-9]/g, '');
  return bare === '' || JUNK.has(bare) || JUNK_PATTERNS.some((pattern) => pattern.test(bare)) ? undefined : trimmed;
}
