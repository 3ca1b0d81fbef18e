import type { ServiceName } from '@techze/contracts';
import type { Report } from '../stack/report.js';
import type { AppRecord } from '../state/runtime-file.js';
import { AppProcess, type AppDefinition } from './app-process.js';

/** How long an app may take to drain before it is killed; above its own limits. */
export const APP_PATIENCE_MS = 12_000;
const READY_WITHIN_MS = 90_000;
/** Deaths at the start after which it is not bad luck. */
const DEATHS_AT_START = 3;

/** All apps of a suite: started together, kept running, stopped in order. */
export class Fleet {
  private apps: readonly AppProcess[] = [];
  private errors: NodeJS.Timeout | undefined;

  /** @param changed called when an app has another process, or none */
  constructor(
    private readonly report: Report,
    private readonly changed: () => void,
  ) {}

  /** The processes that run now. */
  get records(): readonly AppRecord[] {
    return this.apps.flatMap((app) => app.record ?? []);
  }

  /** Ports by name of the instance. */
  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.apps.map((app) => [app.name, app.definition.port]));
  }

  instances(service: ServiceName): readonly AppProcess[] {
    return this.apps.filter((app) => app.definition.service === service);
  }

  start(definitions: readonly AppDefinition[]): void {
    this.apps = definitions.map((definition) => new AppProcess(definition, this.report, this.changed));
    for (const app of this.apps) app.start();
    this.errors = setInterval(() => this.apps.forEach((app) => app.tellErrors()), 1_000);
  }

  /** @throws Error with the end of its log when an app cannot start */
  async untilReady(signal: AbortSignal | undefined): Promise<void> {
    await Promise.all(
      this.apps.map(async (app) => {
        await app.untilReady({ timeoutMs: READY_WITHIN_MS, deaths: DEATHS_AT_START, signal });
        this.report.step(`${app.name} is ready (pid ${app.record?.pid ?? '–'}, port ${app.definition.port})`);
      }),
    );
  }

  /** Ends every app in order and starts it again, with whatever its file holds now. */
  async restart(signal: AbortSignal | undefined): Promise<void> {
    await this.stopApps();
    signal?.throwIfAborted(); // meanwhile all is to end
    for (const app of this.apps) app.start();
    await this.untilReady(signal);
  }

  async stop(): Promise<void> {
    clearInterval(this.errors);
    await this.stopApps();
    if (this.apps.length > 0) this.report.step('Apps have stopped');
  }

  /** Ends the apps without waiting for what they work on. */
  hurry(): void {
    for (const app of this.apps) app.signal('SIGKILL');
  }

  /** The gateway first: what it has let in, the others still have to answer. */
  private async stopApps(): Promise<void> {
    const gateways = this.instances('gateway');
    const others = this.apps.filter((app) => !gateways.includes(app));
    for (const group of [gateways, others]) await Promise.all(group.map((app) => app.stop(APP_PATIENCE_MS)));
  }
}
