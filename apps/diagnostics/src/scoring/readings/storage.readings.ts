import { readDisks } from './disk.readings.js';
import { readFileSystems } from './file-system.readings.js';
import type { SectionReader } from './section-reader.js';
import type { Json } from './values.js';

const MAX_WAIT_MS = 1e7;

/** `storage` = `{fsSize[], diskLayout[], disksIO}`; `disksIO` = disksIO(), or Windows' counters `read_await_ms` and `write_await_ms`. */
export function readStorage(reader: SectionReader, data: Json): void {
  readFileSystems(reader, data);
  readDisks(reader, data);
  const io = reader.object(data, 'disksIO', '');
  if (!io) return;
  // Waits of several disks and deep queues add up, so more than 100 % is possible.
  const busy = reader.number(io, 'tWaitPercent', 'disksIO.', 0, 1e6);
  if (typeof busy === 'number') reader.add({ code: 'DISK_BUSY', value: busy });

  const read = reader.number(io, 'read_await_ms', 'disksIO.', 0, MAX_WAIT_MS);
  const write = reader.number(io, 'write_await_ms', 'disksIO.', 0, MAX_WAIT_MS);
  if (read !== null && write !== null && (read !== undefined || write !== undefined)) {
    reader.add({ code: 'DISK_AWAIT', value: Math.max(read ?? 0, write ?? 0) });
  }
}
