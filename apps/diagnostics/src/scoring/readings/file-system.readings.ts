import { BELOW_CRITICAL } from '../penalty.js';
import type { Entry, SectionReader } from './section-reader.js';
import { own, type Json } from './values.js';

const MAX_BYTES = 1e18;
const MAX_HOURS = 1e7;

/** Less than this free is part of what makes a full disk critical (Netdata disks.conf). */
const CRITICAL_FREE_BYTES = 5e9;

/** Full by nature (images of something), no disk at all, or somebody else's disk (network shares). */
const NOT_THIS_DISK =
  /^(squashfs|fuse\.snapfuse|iso9660|udf|cdfs|cramfs|erofs|romfs|devtmpfs|tmpfs|ramfs|efivarfs|nfs.*|cifs|smbfs|smb3|afpfs|webdav|9p|fuse\.sshfs)$/i;

/** macOS splits one container into helper volumes; its Data volume speaks for all. */
const HELPER_VOLUME = /^\/System\/Volumes\/(?!Data$)/;

interface FileSystem {
  mount: string;
  usedPercent: number;
  freeBytes: number | undefined;
  usedBytes: number | undefined;
  /** At the rate of the last hour, where the agent watches. */
  hoursUntilFull: number | undefined;
}

/** `fsSize[]` = fsSize(), and `hours_until_full` where the agent has watched it fill. */
export function readFileSystems(reader: SectionReader, data: Json): void {
  // One device mounted in many places (bind mounts, subvolumes) is one disk that can fill up: its worst view counts.
  const byDevice = new Map<string, FileSystem>();
  for (const entry of reader.list(data, 'fsSize', '')) {
    const type = own(entry.item, 'type');
    const mount = reader.text(entry.item, 'mount', entry.path);
    if (mount === null || (mount && HELPER_VOLUME.test(mount))) continue;
    if (typeof type === 'string' && NOT_THIS_DISK.test(type.slice(0, 32))) continue;
    const device = reader.text(entry.item, 'fs', entry.path);
    const name = mount ?? device ?? `#${entry.index}`;
    const fileSystem = readSpace(reader, entry, name);
    if (!fileSystem) {
      reader.lists('file_system', name);
      continue;
    }
    const key = device ? deviceOf(device, type) : name;
    const known = byDevice.get(key);
    byDevice.set(key, known ? worseOf(known, fileSystem) : fileSystem);
  }
  for (const { mount, usedPercent, freeBytes, usedBytes, hoursUntilFull } of byDevice.values()) {
    reader.lists('file_system', mount);
    const nearlyOutOfSpace = freeBytes !== undefined && freeBytes < CRITICAL_FREE_BYTES;
    reader.add({
      code: 'FS_USED',
      value: usedPercent,
      instance: mount,
      ...(!nearlyOutOfSpace && { at_most: BELOW_CRITICAL }),
    });
    if (hoursUntilFull !== undefined) reader.add({ code: 'FS_FULL_IN', value: hoursUntilFull, instance: mount });
    if (usedBytes !== undefined) reader.measure('disk.used_bytes', usedBytes, mount);
  }
}

/** The datasets of a ZFS pool share its space, as the mounts of one device do. */
const deviceOf = (device: string, type: unknown) => (type === 'zfs' ? `zfs:${device.split('/', 1)[0]}` : device);

/** `use` and the byte counts should agree; where they do not, the worse one is believed. */
function readSpace(reader: SectionReader, { item, path }: Entry, mount: string): FileSystem | null {
  const size = reader.number(item, 'size', path, 0, MAX_BYTES);
  const used = reader.number(item, 'used', path, 0, MAX_BYTES);
  const available = reader.number(item, 'available', path, 0, MAX_BYTES);
  const use = reader.number(item, 'use', path, 0, 100);
  const hours = reader.number(item, 'hours_until_full', path, 0, MAX_HOURS);
  if (size === null || used === null || available === null || use === null) return null;
  if (size !== undefined && used !== undefined && used > size) {
    reader.refuse(`${path}used`, used, 'more than the size');
    return null;
  }
  const total = used !== undefined && available !== undefined ? used + available : size;
  const counted = used !== undefined && total ? (used / total) * 100 : undefined;
  if (use === undefined && counted === undefined) return null;
  const usedPercent = Math.max(use ?? 0, counted ?? 0);
  return {
    mount,
    usedPercent,
    freeBytes: freeBytes(usedPercent, size, used, available),
    usedBytes: used,
    hoursUntilFull: hours ?? undefined,
  };
}

function freeBytes(usedPercent: number, size?: number, used?: number, available?: number): number | undefined {
  if (usedPercent >= 100) return 0;
  if (available !== undefined) return available;
  if (size === undefined) return undefined;
  return used !== undefined ? size - used : size * (1 - usedPercent / 100);
}

/** The fuller view, with the least free space of both, named by the shortest mount. */
function worseOf(a: FileSystem, b: FileSystem): FileSystem {
  const aFirst = a.mount.length - b.mount.length || (a.mount < b.mount ? -1 : 1);
  return {
    mount: aFirst < 0 ? a.mount : b.mount,
    usedPercent: Math.max(a.usedPercent, b.usedPercent),
    freeBytes: least(a.freeBytes, b.freeBytes),
    usedBytes: most(a.usedBytes, b.usedBytes),
    hoursUntilFull: least(a.hoursUntilFull, b.hoursUntilFull),
  };
}

const least = (a: number | undefined, b: number | undefined) => (b === undefined || (a !== undefined && a < b) ? a : b);
const most = (a: number | undefined, b: number | undefined) => (b === undefined || (a !== undefined && a > b) ? a : b);
