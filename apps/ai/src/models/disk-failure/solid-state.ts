import type { SmartHistory } from './smart-history.js';
import { modelName } from './model-prior.js';

/** The members of the NVMe health log that are judged. */
const NVME_LOG = ['critical_warning', 'available_spare', 'percentage_used', 'media_errors'] as const;

/** Wear that only flash has: 170 reserve, 173/177 erase cycles, 202/231/233 life left. */
const FLASH_ATTRIBUTES = ['173', '177', '202', '231', '233'] as const;

/** Spin-up time and its retries: only what has a motor counts them. */
const MOTOR_ATTRIBUTES = ['3', '10'] as const;

/** `SSD` in the name, or the model numbers of SATA SSDs that leave it out (Kingston SA400, SanDisk SD…, WD WDS…, Intel SSDSC). */
const FLASH_NAME = /SSD|NVME|SOLID STATE|\bSA400|\bSUV\d|\bWDS\d|\bSDSS|\bMZ[7-9]|\bTHNSN|\bCT\d+(MX|BX|P\d)/;

/** What keeps its data in flash and how it reports: no failure data covers it, so it is judged by rules. */
export function flashKind(history: SmartHistory): 'nvme' | 'ssd' | null {
  if (NVME_LOG.some((name) => history.knows(name))) return 'nvme';
  if (FLASH_NAME.test(history.model.toUpperCase())) return 'ssd';
  const wears = FLASH_ATTRIBUTES.some((id) => history.knows(id));
  const spins =
    MOTOR_ATTRIBUTES.some((id) => history.knows(id)) || /^(ST\d|HDS|HDT|HMS|HU[HS])/.test(modelName(history.model));
  return wears && !spins ? 'ssd' : null;
}
