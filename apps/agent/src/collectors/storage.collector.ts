import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import { readSmart } from './smart.js';

const MAX_FILESYSTEMS = 200;
const MAX_DISKS = 64;

/** Counters since boot that are all zero were not read: a machine that runs has read its disk. */
const knownIo = (io: Si.DisksIoData | null | undefined) => (io && (io.rIO > 0 || io.wIO > 0) ? io : null);

/** File systems (bytes, `use` in %), physical disks with their SMART data, and the rates of the sampled second. */
export const storageCollector: Collector = {
  section: 'storage',
  prime: (machine) => machine.disksIO(),
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      {
        disksIO: () => machine.disksIO(),
        fsSize: () => machine.fsSize(),
        disks: async () => readSmart(machine, (await machine.diskLayout()).slice(0, MAX_DISKS)),
      },
      partLimitMs,
    );
    const fsSize = values.fsSize?.slice(0, MAX_FILESYSTEMS);
    const data = {
      fsSize,
      diskLayout: values.disks?.diskLayout,
      disksIO: knownIo(values.disksIO),
      smart: values.disks?.smart,
    };
    if (faults.length > 0) return sectionOf(data, faults);
    const smart = values.disks?.smart;
    if (fsSize?.length === 0 && values.disks?.diskLayout.length === 0) return unavailable('no disk is visible here');
    if (smart?.status === 'denied') return { status: 'denied', reason: `SMART: ${smart.reason}`, data };
    return { status: 'ok', data, ...(smart?.reason && { note: `SMART: ${smart.reason}` }) };
  },
};
