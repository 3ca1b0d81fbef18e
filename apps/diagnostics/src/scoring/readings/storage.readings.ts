import { PENALTY } from '../penalty.js';
import { readDisk } from './disk.readings.js';
import type { SectionReader } from './section-reader.js';
import { own, type Json } from './values.js';

const MAX_BYTES = 1e18;

/** Less than this free is part of what makes a full disk critical (Netdata disks.conf). */
const CRITICAL_FREE_BYTES = 5e9;

/** Full by nature (images of something), or somebody else's disk (network shares). */
const NOT_THIS_DISK =
  /^(squashfs|iso9660|udf|cdfs|cramfs|erofs|romfs|devtmpfs|tmpfs|nfs.*|cifs|smbfs|smb3|afpfs|webdav|fuse\.sshfs)$/i;

/** macOS splits one container into helper volumes; its Data volume speaks for all. */
const HELPER_VOLUME = /^\/System\/Volumes\/(?!Data$)/;

/** `storage` = `{fsSize[], diskLayout[], disksIO}`. */
export function readStorage(reader: SectionReader, data: Json): void {
  readFileSystems(reader, data);
  for (const { item, path, index } of reader.list(data, 'diskLayout', '')) readDisk(reader, item, path, index);
  const io = reader.object(data, 'disksIO', '');
  // Waits of several disks and deep queues add up, so more than 100 % is possible.
  const busy = io && reader.number(io, 'tWaitPercent', 'disksIO.', 0, 1e6);
  if (typeof busy === 'number') reader.add('DISK_BUSY', busy);
}

interface FileSystem {
  mount: string;
  usedPercent: number;
  freeBytes: number | undefined;
}

function readFileSystems(reader: SectionReader, data: Json): void {
  // One device mounted in many places (bind mounts, subvolumes) is one disk that can fill up: its worst view counts.
  const byDevice = new Map<string, FileSystem>();
  for (const { item, path, index } of reader.list(data, 'fsSize', '')) {
    const type = own(item, 'type');
    const mount = reader.text(item, 'mount', path);
    if (mount === null || (mount && HELPER_VOLUME.test(mount))) continue;
    if (typeof type === 'string' && NOT_THIS_DISK.test(type.slice(0, 32))) continue;
    const device = reader.text(item, 'fs', path);
    const space = readSpace(reader, item, path);
    if (!space) continue;
    const fileSystem = { mount: mount ?? device ?? `#${index}`, ...space };
    const key = device ?? fileSystem.mount;
    const known = byDevice.get(key);
    byDevice.set(key, known ? worseOf(known, fileSystem) : fileSystem);
  }
  for (const { mount, usedPercent, freeBytes } of byDevice.values()) {
    const nearlyOutOfSpace = freeBytes !== undefined && freeBytes < CRITICAL_FREE_BYTES;
    reader.add('FS_USED', usedPercent, {
      instance: mount,
      ...(!nearlyOutOfSpace && { atMost: PENALTY.critical - 1 }),
    });
  }
}

/** `use` and the byte counts should agree; where they do not, the worse one is believed. */
function readSpace(reader: SectionReader, item: Json, path: string): Omit<FileSystem, 'mount'> | null {
  const size = reader.number(item, 'size', path, 0, MAX_BYTES);
  const used = reader.number(item, 'used', path, 0, MAX_BYTES);
  const available = reader.number(item, 'available', path, 0, MAX_BYTES);
  const use = reader.number(item, 'use', path, 0, 100);
  if (size === null || used === null || available === null || use === null) return null;
  if (size !== undefined && used !== undefined && used > size) {
    reader.refuse(`${path}used`, used, 'more than the size');
    return null;
  }
  const total = used !== undefined && available !== undefined ? used + available : size;
  const counted = used !== undefined && total ? (used / total) * 100 : undefined;
  if (use === undefined && counted === undefined) return null;
  const usedPercent = Math.max(use ?? 0, counted ?? 0);
  return { usedPercent, freeBytes: freeBytes(usedPercent, size, used, available) };
}

function freeBytes(usedPercent: number, size?: number, used?: number, available?: number): number | undefined {
  if (usedPercent >= 100) return 0;
  if (available !== undefined) return available;
  if (size === undefined) return undefined;
  return used !== undefined ? size - used : size * (1 - usedPercent / 100);
}

/** The fuller view, with the least free space of both, named by the shortest mount. */
function worseOf(a: FileSystem, b: FileSystem): FileSystem {
  const names = [a.mount, b.mount].sort((x, y) => x.length - y.length || (x < y ? -1 : 1));
  const free = [a.freeBytes, b.freeBytes].filter((bytes) => bytes !== undefined);
  return {
    mount: names[0] ?? a.mount,
    usedPercent: Math.max(a.usedPercent, b.usedPercent),
    freeBytes: free.length > 0 ? Math.min(...free) : undefined,
  };
}
