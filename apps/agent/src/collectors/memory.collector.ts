import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';

const EDAC = '/sys/devices/system/edac/mc';

/** Without access to the firmware tables the library invents one module of the whole size: that is not a module. */
const isRealModule = (module: Si.MemLayoutData) =>
  Boolean(module.bank || module.type || module.partNum || module.serialNum);

/** Null when not a single counter could be read. */
function sum(texts: readonly (string | null)[]): number | null {
  const counts = texts.map((text) => (text?.trim() ? Number(text) : NaN)).filter((count) => count >= 0);
  return counts.length > 0 ? counts.reduce((total, count) => total + count, 0) : null;
}

/** Errors that ECC memory corrected and could not correct since boot; null without ECC (or without its driver). */
async function eccErrors(machine: SystemProbe) {
  const controllers = (await machine.listFolder(EDAC)).filter((name) => /^mc\d+$/.test(name));
  if (controllers.length === 0) return null;
  const read = (file: string) => Promise.all(controllers.map((mc) => machine.readText(`${EDAC}/${mc}/${file}`)));
  const ecc = { correctable: sum(await read('ce_count')), uncorrectable: sum(await read('ue_count')) };
  return ecc.correctable === null && ecc.uncorrectable === null ? null : ecc;
}

/** Memory in bytes, its modules (`layout`), and on Linux the error counts of ECC memory (`ecc`). */
export const memoryCollector: Collector = {
  section: 'memory',
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      { mem: () => machine.mem(), memLayout: () => machine.memLayout(), ecc: () => eccErrors(machine) },
      partLimitMs,
    );
    if (values.mem?.total === 0) return unavailable('the size of the memory cannot be read here');
    const layout = values.memLayout?.filter(isRealModule);
    return sectionOf({ ...values.mem, layout, ecc: values.ecc }, faults);
  },
};
