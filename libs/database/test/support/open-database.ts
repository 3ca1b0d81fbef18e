import { Test } from '@nestjs/testing';
import { ConfigModule, loadConfig } from '@techze/config';
import { newUuid, type Principal } from '@techze/contracts';
import { continueTrace, Logger, ObservabilityModule, runInContext, type RequestContext } from '@techze/observability';
import { Database, databaseConfig, DatabaseModule, type ServiceRole } from '@techze/database';
import { Cluster } from '../../src/cluster/cluster.js';

export interface OpenDatabase {
  readonly database: Database;
  /** What is behind it, to look at connections without a prologue. */
  readonly cluster: Cluster;
  /** Messages of the log so far, with their fields. */
  readonly log: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

type Entities = Parameters<typeof DatabaseModule.forRoot>[0]['entities'];

/** The module as a service has it, over these variables. */
export async function openDatabase(
  environment: Readonly<Record<string, string>>,
  { role = 'svc_diagnostics', entities = [] }: { role?: ServiceRole; entities?: Entities } = {},
): Promise<OpenDatabase> {
  const log: Record<string, unknown>[] = [];
  const logger = Logger.to({ write: (line) => void log.push(JSON.parse(line) as Record<string, unknown>) });
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(loadConfig([databaseConfig], { ...environment })),
      ObservabilityModule.forRoot(logger),
      DatabaseModule.forRoot({ role, entities }),
    ],
  }).compile();
  await module.init();
  return { database: module.get(Database), cluster: module.get(Cluster), log, close: () => module.close() };
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
