import type { BackendService } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { aliveAmong, connectedNames, consumersOf, fieldsOf } from './consumer-census.js';
import { keysOf } from './keys.js';
import { isRefusal, type RedisConnection } from './redis-connection.js';
import { absenceGraceMs, aliveMs, watchMs } from './timings.js';

/** What this process last saw of a service. */
export interface ServiceSight {
  /** Replicas that answer; undefined before the first look. */
  readonly live: number | undefined;
  /** Frames that no replica has read yet. */
  readonly lag: number;
  /** Since when there is no live replica, or no Redis; undefined while all is well. */
  readonly absentSince: number | undefined;
}

const UNSEEN: ServiceSight = { live: undefined, lag: 0, absentSince: undefined };

/** Looks after the services that this process calls: who lives, how much waits. */
export class ReplicaWatch {
  private readonly sights = new Map<BackendService, ServiceSight>();
  /** When the `alive` key of a replica was last seen: it stays one for as long as the key would have lived. */
  private readonly lastAlive = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private lookedAt = 0;

  /** @param onLook runs after each look at a service */
  constructor(
    private readonly connection: RedisConnection,
    private readonly onLook: (service: BackendService) => void,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), watchMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The last sight of a service; from its first mention on it is watched. */
  of(service: BackendService): ServiceSight {
    const sight = this.sights.get(service);
    if (sight) return sight;
    this.sights.set(service, UNSEEN);
    void this.look();
    return UNSEEN;
  }

  /** Whether calls are to be refused at once rather than held for a moment. */
  isAbsent(service: BackendService, now = Date.now()): boolean {
    const { absentSince } = this.of(service);
    return absentSince !== undefined && now - absentSince >= absenceGraceMs;
  }

  private async look(): Promise<void> {
    // A look that does not come back is Redis being away, too.
    if (this.looking) return this.markLost();
    this.looking = true;
    try {
      if (!this.connection.isReady) return this.markAbsent();
      const connected = await connectedNames(this.connection);
      for (const service of this.sights.keys()) await this.lookAt(service, connected);
      this.lookedAt = Date.now();
    } catch (error) {
      this.logger.debug('a look at the replicas failed', { reason: String(error) });
      this.markAbsent();
    } finally {
      this.looking = false;
    }
  }

  private async lookAt(service: BackendService, connected: ReadonlySet<string> | undefined): Promise<void> {
    const keys = keysOf(service);
    const [consumers, lag] = await Promise.all([
      consumersOf(this.connection, keys.rpc, service),
      this.lagOf(keys.rpc, service),
    ]);
    const names = [...new Set([...consumers.map(({ name }) => name), ...this.remembered(service)])];
    const alive = await aliveAmong(this.connection, names, (name) => keys.alive(name));
    const now = Date.now();
    let live = 0;
    for (const name of names) {
      const memory = `${service}/${name}`;
      const state = alive.get(name);
      if (state === 'serving') this.lastAlive.set(memory, now);
      if (state === 'draining') this.lastAlive.delete(memory);
      const fresh = now - (this.lastAlive.get(memory) ?? 0) < aliveMs;
      if (fresh && (connected?.has(name) ?? alive.has(name))) live += 1;
      else if (!fresh) this.lastAlive.delete(memory);
    }
    const before = this.sights.get(service)?.absentSince;
    this.sights.set(service, { live, lag, absentSince: live > 0 ? undefined : (before ?? now) });
    this.onLook(service);
  }

  /** Replicas seen before: after FLUSHALL they live although Redis knows nothing of them for a moment. */
  private remembered(service: BackendService): string[] {
    const prefix = `${service}/`;
    return [...this.lastAlive.keys()]
      .filter((memory) => memory.startsWith(prefix))
      .map((memory) => memory.slice(prefix.length));
  }

  private async lagOf(key: string, group: string): Promise<number> {
    try {
      const rows = await this.connection.send<readonly (readonly unknown[])[]>(['XINFO', 'GROUPS', key]);
      const fields = rows.map(fieldsOf).find((row) => row.get('name') === group);
      return Number(fields?.get('lag') ?? 0);
    } catch (error) {
      if (isRefusal(error)) return 0;
      throw error;
    }
  }

  private markLost(): void {
    if (Date.now() - this.lookedAt > aliveMs) this.markAbsent();
  }

  private markAbsent(): void {
    const now = Date.now();
    for (const [service, sight] of this.sights) {
      this.sights.set(service, { ...sight, live: 0, absentSince: sight.absentSince ?? now });
      this.onLook(service);
    }
  }
}
