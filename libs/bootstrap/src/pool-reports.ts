import { PoolReport, services, type ServiceName } from '@techze/contracts';
import type { Database } from '@techze/database';
import type { Logger } from '@techze/observability';
import type { RedisConnections } from '@techze/transport';

/** A report that is not renewed is gone after this: so is its process. */
const LIFE_MS = 6_000;
/** Longest wait for Redis: without it a process still has its own view. */
const PATIENCE_MS = 250;

/** One key a process, and the set of their names; the braces keep them in one slot of a cluster. */
const REPORTERS = 'tz:{pool}:reporters';
const keyOf = (instance: string): string => `tz:{pool}:report:${instance}`;

/** What the processes of the suite say of their pools, in Redis. Nobody is asked, so nobody is waited for. */
export class PoolReports {
  private readonly startedAt = new Date().toISOString();

  constructor(
    private readonly service: ServiceName,
    private readonly database: Database,
    private readonly connections: RedisConnections,
    private readonly logger: Logger,
  ) {}

  own(): PoolReport {
    const { service, startedAt: started_at } = this;
    return { service, instance: this.connections.processName, started_at, ...this.database.pool.view() };
  }

  /** All that live: this process as it is now, the others as they last reported. Without Redis, this process alone. */
  async live(): Promise<PoolReport[]> {
    const own = this.own();
    const others = await this.others(own.instance).catch((error: unknown) => {
      this.logger.debug('pool reports of other processes are out of reach', { reason: String(error) });
      return [];
    });
    return [own, ...others].sort(byServiceAndInstance);
  }

  /** @throws when Redis is away */
  async publish(): Promise<void> {
    const report = this.own();
    const [stored, listed] = await this.connections.commands.pipeline([
      ['SET', keyOf(report.instance), JSON.stringify(report), 'PX', String(LIFE_MS)],
      ['SADD', REPORTERS, report.instance],
      ['PEXPIRE', REPORTERS, String(LIFE_MS)],
    ]);
    for (const outcome of [stored, listed]) if (outcome?.status === 'rejected') throw outcome.reason;
  }

  /** Takes this process off the list at once. @throws when Redis is away */
  async withdraw(): Promise<void> {
    const { commands, processName } = this.connections;
    await commands.sendWithin(PATIENCE_MS, ['DEL', keyOf(processName)]);
    await commands.sendWithin(PATIENCE_MS, ['SREM', REPORTERS, processName]);
  }

  private async others(own: string): Promise<PoolReport[]> {
    const { commands } = this.connections;
    const names = await commands.sendWithin<string[]>(PATIENCE_MS, ['SMEMBERS', REPORTERS]);
    const instances = names.filter((name) => name !== own);
    if (instances.length === 0) return [];
    const texts = await commands.sendWithin<(string | null)[]>(PATIENCE_MS, ['MGET', ...instances.map(keyOf)]);
    const gone = instances.filter((_, index) => texts[index] === null);
    // One that was only slow puts itself back on the list with its next report; what fails here is done by the next reader.
    if (gone.length > 0) void commands.send(['SREM', REPORTERS, ...gone]).catch(() => undefined);
    return texts.flatMap((text) => (text === null ? [] : this.read(text)));
  }

  /** Another release may report otherwise: what is not understood is left out. */
  private read(text: string): PoolReport[] {
    try {
      return [PoolReport.parse(JSON.parse(text))];
    } catch (error) {
      this.logger.warn('a pool report is not understood', { reason: String(error) });
      return [];
    }
  }
}

function byServiceAndInstance(left: PoolReport, right: PoolReport): number {
  const order = services.indexOf(left.service) - services.indexOf(right.service);
  return order === 0 ? left.instance.localeCompare(right.instance) : order;
}
