import type { SystemProbe } from '../machine/system-probe.js';

export interface VolumeEncryption {
  volume: string;
  encrypted: boolean;
}

const BLOCK = '/sys/class/block';
const MAX_LAYERS = 8;

/** The kernel's name of a device: `/dev/mapper/vg-root` is a link to some `dm-N`. */
async function kernelName(machine: SystemProbe, device: string): Promise<string | null> {
  const plain = /^\/dev\/([A-Za-z0-9-]+)$/.exec(device)?.[1];
  if (plain !== undefined) return plain;
  const mapped = /^\/dev\/mapper\/(.+)$/.exec(device)?.[1];
  if (mapped === undefined) return null;
  for (const name of (await machine.listFolder(BLOCK)).filter((entry) => entry.startsWith('dm-'))) {
    if ((await machine.readText(`${BLOCK}/${name}/dm/name`))?.trim() === mapped) return name;
  }
  return null;
}

/** dm-crypt marks its devices `CRYPT-…`; LVM or RAID may lie above it. */
async function liesOnCrypt(machine: SystemProbe, name: string, layers = MAX_LAYERS): Promise<boolean> {
  if ((await machine.readText(`${BLOCK}/${name}/dm/uuid`))?.startsWith('CRYPT-')) return true;
  if (layers === 0) return false;
  for (const below of await machine.listFolder(`${BLOCK}/${name}/slaves`)) {
    if (await liesOnCrypt(machine, below, layers - 1)) return true;
  }
  return false;
}

/** Whether the file system of `/` lies on an encrypted device. Null where `/` is on no block device: a container's overlay, a network file system, ZFS. */
export async function readLinuxEncryption(machine: SystemProbe): Promise<VolumeEncryption[] | null> {
  const mounts = ((await machine.readText('/proc/self/mounts')) ?? '').split('\n').map((line) => line.split(' '));
  const device = mounts.findLast(([, mount]) => mount === '/')?.[0] ?? '';
  const name = await kernelName(machine, device);
  if (name === null || (await machine.listFolder(`${BLOCK}/${name}`)).length === 0) return null;
  return [{ volume: '/', encrypted: await liesOnCrypt(machine, name) }];
}
