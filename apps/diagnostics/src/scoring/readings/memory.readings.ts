import type { SectionReader } from './section-reader.js';
import type { Json } from './values.js';

const MAX_BYTES = 1e16;

/** `memory` = mem() + `layout[]`, and `ecc {correctable, uncorrectable}` where the board counts its errors. */
export function readMemory(reader: SectionReader, data: Json): void {
  readUsed(reader, data);

  const swapTotal = reader.number(data, 'swaptotal', '', 0, MAX_BYTES);
  const swapUsed = reader.number(data, 'swapused', '', 0, MAX_BYTES);
  if (typeof swapTotal === 'number' && typeof swapUsed === 'number' && swapTotal > 0) {
    if (swapUsed > swapTotal) reader.refuse('swapused', swapUsed, 'more than swaptotal');
    else reader.add({ code: 'SWAP_USED', value: (swapUsed / swapTotal) * 100 });
  }

  const ecc = reader.object(data, 'ecc', '');
  if (!ecc) return;
  const correctable = reader.count(ecc, 'correctable', 'ecc.');
  const uncorrectable = reader.count(ecc, 'uncorrectable', 'ecc.');
  if (typeof correctable === 'number') reader.add({ code: 'ECC_CORRECTABLE', value: correctable });
  if (typeof uncorrectable === 'number') reader.add({ code: 'ECC_UNCORRECTABLE', value: uncorrectable });
}

/** `available` tells what programs can still get; `used` counts the cache as well, so it only speaks when alone. */
function readUsed(reader: SectionReader, data: Json): void {
  const total = reader.number(data, 'total', '', 1, MAX_BYTES);
  const available = reader.number(data, 'available', '', 0, MAX_BYTES);
  const active = reader.number(data, 'active', '', 0, MAX_BYTES);
  const used = reader.number(data, 'used', '', 0, MAX_BYTES);
  if (typeof total !== 'number' || available === null || active === null || used === null) return;
  const taken = available !== undefined ? total - available : (active ?? used);
  if (taken === undefined) return;
  if (taken < 0 || taken > total)
    reader.refuse(available !== undefined ? 'available' : 'used', taken, 'not within total');
  else reader.add({ code: 'MEMORY_USED', value: (taken / total) * 100 });
}
