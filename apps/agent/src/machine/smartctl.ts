import type { Systeminformation as Si } from 'systeminformation';
import { z } from 'zod';
import { withTimeLimit } from '../collection/read-parts.js';
import { parseJson } from '../state/parse-json.js';
import type { SystemProbe } from './system-probe.js';

/** A device as smartctl names it; `type` only where several disks hide behind one name (RAID controllers). */
export interface SmartDevice {
  name: string;
  type?: string;
}

/** What smartctl said of one device. */
export interface SmartAnswer {
  device: SmartDevice;
  /** Null when it said nothing of the disk's health. */
  smart: Si.SmartData | null;
  /** It may not open the device. */
  denied: boolean;
}

/** A device name, and nothing that smartctl could take for an option. */
const DEVICE_NAME = /^\/dev\/[A-Za-z0-9][A-Za-z0-9/_,-]*$/;
const DEVICE_TYPE = /^[a-z0-9][a-z0-9_+]*,[a-z0-9/,]+$/;
const MAX_DEVICES = 64;
/** Within the time that a section has; a disk that sleeps spins up in about as long. */
const ASK_LIMIT_MS = 6_000;

/** smartctl's exit status: bit 1, the device could not be opened. */
const OPEN_FAILED = 0x02;
const REFUSAL = /permission denied|operation not permitted|access is denied|requires (root|administrator)|error=5\b/i;

const Scan = z.object({ devices: z.array(z.object({ name: z.string(), type: z.string().optional() })) });

const Answer = z.looseObject({
  smartctl: z.looseObject({
    exit_status: z.number(),
    messages: z.array(z.object({ string: z.string() })).optional(),
  }),
});

/** The devices that smartctl finds by itself. */
export async function scanDevices(machine: SystemProbe): Promise<SmartDevice[]> {
  const { stdout } = await machine.runProgram('smartctl', ['-j', '--scan']);
  const found = parseJson(stdout, Scan)?.devices ?? [];
  return found.slice(0, MAX_DEVICES).map(({ name, type }) =>
    // A plain type is left out: of a SATA disk the scan says scsi, and asking by the name alone finds out better.
    type?.includes(',') ? { name, type } : { name },
  );
}

/** A disk that dies may keep smartctl, and whoever would end it, for ever: it then is silent like one without SMART. */
export async function askDevice(machine: SystemProbe, device: SmartDevice): Promise<SmartAnswer> {
  const silent = { device, smart: null, denied: false };
  return withTimeLimit(() => ask(machine, device, silent), ASK_LIMIT_MS).catch(() => silent);
}

async function ask(machine: SystemProbe, device: SmartDevice, silent: SmartAnswer): Promise<SmartAnswer> {
  const { name, type } = device;
  if (!DEVICE_NAME.test(name) || (type !== undefined && !DEVICE_TYPE.test(type))) return silent;
  const args = ['-j', '-a', ...(type === undefined ? [] : ['-d', type]), name];
  const { stdout } = await machine.runProgram('smartctl', args, ASK_LIMIT_MS);
  const answer = parseJson(stdout, Answer);
  if (answer === undefined) return silent;
  const { exit_status: exitStatus, messages = [] } = answer.smartctl;
  const denied = (exitStatus & OPEN_FAILED) !== 0 && messages.some(({ string }) => REFUSAL.test(string));
  const tells = ['smart_status', 'ata_smart_attributes', 'nvme_smart_health_information_log'].some(
    (key) => key in answer,
  );
  return { device, smart: tells ? (answer as unknown as Si.SmartData) : null, denied };
}
