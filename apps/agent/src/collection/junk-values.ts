import { usableIdentifier } from '@techze/contracts';
import { cleanText } from './clean-data.js';

/** What stands where a maker or a model should be, beside the placeholders of serial numbers. Bare, as below. */
const namelessModels = new Set([
  'productname',
  'systemversion',
  'type1productconfigid',
  'allseries',
  'sku',
  'oem0',
  'xx',
]);

/** A serial number or UUID of this machine alone, cleaned; undefined for the placeholders of the firmware. */
export function realIdentifier(value: string | undefined): string | undefined {
  return usableIdentifier(cleanText(value ?? '', 255));
}

/** A maker's or model's name, cleaned; undefined for a placeholder. Unlike an identifier it may be of any script. */
export function realName(value: string | undefined): string | undefined {
  const name = cleanText(value ?? '', 255);
  if (!/[\p{L}\p{N}]/u.test(name)) return undefined;
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (bare === '') return name;
  return namelessModels.has(bare) ? undefined : usableIdentifier(name);
}
