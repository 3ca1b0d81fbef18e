import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SmartSnapshot } from '../smart-snapshot.js';

/** A moment at which it is known whether the disk fails within the horizon. */
export interface Landmark {
  readonly hours: number;
  readonly fails: boolean;
}

/** A disk of the training data, its snapshots (one a change) oldest first. */
export interface Drive {
  readonly id: string;
  readonly model: string;
  readonly snapshots: readonly SmartSnapshot[];
  readonly landmarks: readonly Landmark[];
  /** Power-on hours at which it failed; null: never seen failing. */
  readonly failedAt: number | null;
}

type Row = Readonly<Record<string, string>>;

/** Reads `states.csv.gz` and `landmarks.csv.gz`. */
export function readDrives(folder: string): Drive[] {
  const drives = new Map<
    string,
    { snapshots: SmartSnapshot[]; landmarks: Landmark[]; failedAt: number | null; model: string }
  >();
  for (const row of rowsOf(join(folder, 'states.csv.gz'))) {
    const id = row.drive ?? '';
    const drive = drives.get(id) ?? { snapshots: [], landmarks: [], failedAt: null, model: row.model ?? '' };
    drives.set(id, drive);
    drive.snapshots.push({ hours: Number(row.hours), model: row.model ?? '', attributes: attributesOf(row) });
  }
  for (const row of rowsOf(join(folder, 'landmarks.csv.gz'))) {
    const drive = drives.get(row.drive ?? '');
    if (!drive) throw new Error(`no state of drive ${row.drive}`);
    const hours = Number(row.landmark_hours);
    drive.landmarks.push({ hours, fails: row.fails_within_720h === '1' });
    if (row.hours_to_failure) drive.failedAt = hours + Number(row.hours_to_failure);
  }
  return [...drives].map(([id, drive]) => ({ id, ...drive }));
}

function attributesOf(row: Row): Record<string, number> {
  const named = Object.entries(row).filter(([name, value]) => name.startsWith('smart_') && value !== '');
  return Object.fromEntries(named.map(([name, value]) => [name.slice('smart_'.length), Number(value)]));
}

/** None of these files quotes a field. */
function rowsOf(file: string): Row[] {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}
