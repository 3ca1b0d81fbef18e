import { services, type ServiceName } from '@techze/contracts';
import type { Report } from './report.js';

/** Instances of each app. */
export type Scale = Readonly<Record<ServiceName, number>>;

export const ONE_OF_EACH = Object.fromEntries(services.map((service) => [service, 1])) as Scale;

/** What a local stack is to be. */
export interface LocalStackOptions {
  /** Holds all its state; made when absent. */
  readonly folder: string;
  readonly scale?: Partial<Scale>;
  /** Diagnose this machine once all is ready. */
  readonly agent?: boolean;
  /** False for throw-away data: commits do not wait for the disk, Redis keeps nothing. */
  readonly durable?: boolean;
  /** Where the gateway listens; 8000 is preferred, else a free port. When given, it must be free. */
  readonly gatewayPort?: number | undefined;
  readonly report?: Report;
  /** Names external servers (DATABASE_NODES, DATABASE_URL, REDIS_URL); settings of the apps pass through. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Compiled apps: `<folder>/<service>/src/main.js`. */
  readonly appsFolder?: string;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/** `diagnostics=3`, once or more; the gateway owns the public port, so there is one. @throws Error whose message says why not */
export function parseScale(text: string, before: Partial<Scale> = {}): Partial<Scale> {
  const [, name, count] = /^([a-z]+)=(\d{1,2})$/.exec(text) ?? [];
  const service = services.find((known) => known === name);
  if (service === undefined) throw new Error(`write <app>=<count>, an app being one of ${services.join(', ')}.`);
  if (service === 'gateway' && count !== '1') throw new Error('there is one gateway: it owns the public port.');
  if (Number(count) < 1 || Number(count) > 16) throw new Error('from 1 to 16 instances of an app.');
  return { ...before, [service]: Number(count) };
}
