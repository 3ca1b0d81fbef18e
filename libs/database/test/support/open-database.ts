import { loadConfig } from '@techze/config';
import { newUuid, type Principal } from '@techze/contracts';
import { continueTrace, Logger, runInContext, type RequestContext } from '@techze/observability';
import {
  type Database,
  databaseConfig,
  openDatabase as openIt,
  type DatabaseConfig,
  type DatabaseOptions,
} from '@techze/database';
import type { Cluster } from '../../src/cluster/cluster.js';

export interface OpenDatabase {
  readonly database: Database;
  /** What is behind it, to look at connections without a prologue. */
  readonly cluster: Cluster;
  /** Messages of the log so far, with their fields. */
  readonly log: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

/** A database as a service has it, over these variables. */
export async function openDatabase(
  environment: Readonly<Record<string, string>>,
  { role = 'svc_diagnostics', entities = [] }: Partial<DatabaseOptions> = {},
): Promise<OpenDatabase> {
  const log: Record<string, unknown>[] = [];
  const logger = Logger.to({ write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) });
  const config = loadConfig([databaseConfig], { ...environment }).get(databaseConfig.token) as DatabaseConfig;
  const database = await openIt(config, { role, entities, logger });
  return {
    database,
    cluster: Reflect.get(database, 'cluster') as Cluster,
    log,
    close: () => database.close(),
  };
}

export function admin(tenantId: string, sub = newUuid()): Principal {
  return { kind: 'user', tenant_id: tenantId, sub, sid: 'ses_test', role: 'admin' };
}

export function agent(tenantId: string, deviceId: string): Principal {
  return { kind: 'agent', tenant_id: tenantId, device_id: deviceId, role: 'agent' };
}

/** Does `work` as a request of that principal. */
export function acting<T>(
  principal: Principal,
  work: () => Promise<T>,
  changes: Partial<RequestContext> = {},
): Promise<T> {
  const deadline = Date.now() + 10_000;
  return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, principal, ...changes }, work);
}
