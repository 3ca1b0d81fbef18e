import { withDisk, withFileSystem, type Sections } from './bases.js';
import { attribute, GB, hardDisk, ntfs, nvmeHealth } from './parts.js';

/** What may be the matter with a disk, and with how full it is. */
export const disks = {
  onePendingSector: withDisk(hardDisk({ pending: 1 })),
  fivePendingSectors: withDisk(hardDisk({ pending: 5 })),
  fortyPendingSectors: withDisk(hardDisk({ pending: 40 })),
  smartFailing: withDisk(hardDisk({ pending: 40, reallocated: 300, passed: false })),
  fewReallocated: withDisk(hardDisk({ reallocated: 8 })),
  oneReallocated: withDisk(hardDisk({ reallocated: 1 })),
  oldCableErrors: withDisk(hardDisk({ crcErrors: 12 })),
  overheatedOnce: withDisk(hardDisk({ more: [attribute(190, 'Airflow_Temperature_Cel', 38, 'past')] })),
  hotDisk: withDisk(hardDisk({ celsius: 58 })),
  wornNvme: withDisk(nvmeHealth({ percentage_used: 96 })),
  failingNvme: withDisk(
    nvmeHealth({ percentage_used: 104, available_spare: 8, critical_warning: 1, media_errors: 12 }),
  ),
  fullDisk: withFileSystem(ntfs(509.44 * GB)),
  nearlyFullDisk: withFileSystem(ntfs(486.4 * GB)),
  bigFullDisk: withFileSystem(ntfs(3_960 * GB, 4_000 * GB)),
  fillingDisk: withFileSystem({ ...ntfs(358.4 * GB), hours_until_full: 5 }),
} satisfies Record<string, Sections>;
