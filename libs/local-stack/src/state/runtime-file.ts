import { readFileSync } from 'node:fs';
import type { ServiceName } from '@techze/contracts';
import type { ProcessIdentity } from '../processes/process-table.js';
import { replaceFile } from './write-file.js';

/** One running app. */
export interface AppRecord extends ProcessIdentity {
  readonly service: ServiceName;
  readonly port: number;
}

/** What the next start must know of this one, however this one ends. */
export interface RuntimeRecord {
  /** Ports by server or app instance, taken again when free. */
  readonly ports: Readonly<Record<string, number>>;
  readonly apps: readonly AppRecord[];
}

export function readRuntime(file: string): RuntimeRecord {
  try {
    const { ports, apps } = JSON.parse(readFileSync(file, 'utf8')) as Partial<RuntimeRecord>;
    return { ports: ports ?? {}, apps: apps ?? [] };
  } catch {
    return { ports: {}, apps: [] };
  }
}

export function writeRuntime(file: string, record: RuntimeRecord): void {
  replaceFile(file, `${JSON.stringify(record, null, 2)}\n`);
}
