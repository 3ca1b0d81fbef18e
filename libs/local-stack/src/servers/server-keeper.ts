import { setTimeout as delay } from 'node:timers/promises';
import { restartDelayMs, SETTLED_AFTER_MS } from '../apps/restart-delay.js';
import type { Report } from '../stack/report.js';

/** A server that can be found dead and started again. */
export interface KeptServer {
  readonly name: string;
  readonly isRunning: boolean;
  /** False after somebody stopped it on purpose. */
  readonly isWanted: boolean;
  start(): Promise<void>;
}

const LOOK_EVERY_MS = 500;

/** Starts servers again that died, with more patience each time (1 → 30 s). It looks, since an adopted server is nobody's child. */
export class ServerKeeper {
  private readonly end = new AbortController();
  private readonly watches: Promise<void>[] = [];

  constructor(private readonly report: Report) {}

  keep(server: KeptServer): void {
    this.watches.push(this.watch(server));
  }

  /** Returns once no start is under way any more. */
  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.watches);
  }

  private async watch(server: KeptServer): Promise<void> {
    let deaths = 0;
    let startedAt = performance.now();
    while (await this.passed(LOOK_EVERY_MS)) {
      if (server.isRunning || !server.isWanted) continue;
      deaths = performance.now() - startedAt >= SETTLED_AFTER_MS ? 1 : deaths + 1;
      const delayMs = restartDelayMs(deaths);
      this.report.warn(`${server.name} ended; starting it again in ${delayMs / 1000} s`);
      if (!(await this.passed(delayMs)) || server.isRunning || !server.isWanted) continue;
      startedAt = performance.now();
      await this.revive(server);
    }
  }

  private async revive(server: KeptServer): Promise<void> {
    try {
      await server.start();
      this.report.step(`${server.name} is back`);
    } catch (error) {
      this.report.warn(error instanceof Error ? error.message : String(error));
    }
  }

  /** @returns false when the keeper was stopped meanwhile */
  private async passed(ms: number): Promise<boolean> {
    await delay(ms, undefined, { signal: this.end.signal }).catch(() => {});
    return !this.end.signal.aborted;
  }
}
