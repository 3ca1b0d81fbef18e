import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceName } from '@techze/contracts';
import { LocalStackError } from './local-stack-error.js';
import { TokenKeys } from './token-keys.js';

/** The longest life of a token by who signed it (access tokens, contexts), and what two clocks may differ by. */
const LIFE_MS = { gateway: 900_000, others: 60_000 };
const SKEW_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

export interface RotationOptions {
  /** A deployment's folder of secrets, or one with the keys alone (`.techze/secrets`). */
  readonly folder: string;
  readonly services: readonly ServiceName[];
  /** In this time every process has surely taken what was written: a mounted secret of Kubernetes takes up to two minutes. */
  readonly loadMs: number;
  /** `/metrics` of every process: what they have taken is then seen, and nothing goes on before. */
  readonly metrics: readonly string[];
  readonly report: (line: string) => void;
}

/**
 * Exchanges the keys of tokens under a running suite: each key is published before anything is signed with it, and kept
 * until the last token that it signed has expired.
 */
export class KeyRotation {
  private readonly keys: TokenKeys;
  private readonly isDeployment: boolean;

  /** @throws LocalStackError when the folder holds no keys */
  constructor(private readonly options: RotationOptions) {
    const own = join(options.folder, 'suite');
    this.isDeployment = existsSync(own);
    this.keys = new TokenKeys(this.isDeployment ? own : options.folder);
    if (!existsSync(this.keys.jwksFile))
      throw new LocalStackError(`${options.folder} holds no keys: make-secrets makes them`);
  }

  /** All steps, with the waiting between them. One that was interrupted goes on where it was. */
  async rotate(): Promise<void> {
    const begun = this.options.services.filter((service) => this.of(service, 'retiring').length > 0);
    const fresh = this.options.services.filter((service) => !begun.includes(service));
    if (begun.length > 0) this.options.report(`An earlier rotation is finished first: ${begun.join(', ')}`);
    await this.publish(fresh);
    await this.activate(this.options.services.filter((service) => this.of(service, 'next').length > 0));
    for (let wait = this.untilRetirable(); wait > 0; wait = this.untilRetirable()) {
      this.options.report(
        `The older keys are kept for ${Math.ceil(wait / 1_000)} s more: tokens that they signed still live`,
      );
      await pause(wait);
    }
    await this.retire();
  }

  async publish(services = this.options.services): Promise<void> {
    for (const service of services) await this.keys.publish(service);
    await this.handOut();
    for (const service of services) this.tell('published', service, 'next');
  }

  /** @throws LocalStackError when a process has not taken the published key in time; then nothing was changed */
  async activate(services = this.options.services): Promise<void> {
    const next = services.flatMap((service) => {
      const [key] = this.of(service, 'next');
      if (!key) throw new LocalStackError(`${service} has no next key: publish one first`);
      return [key];
    });
    if (next.length === 0) return;
    const since = Math.max(...next.map((key) => key.since?.getTime() ?? 0));
    await this.untilTaken(since, 'the next keys', (metrics) => next.every(({ kid }) => verifies(metrics, kid)));
    for (const { service } of next) this.keys.activate(service);
    await this.handOut();
    for (const { service } of next) this.tell('signing', service, 'signing');
    const old = next.flatMap(({ service }) => this.of(service, 'retiring')).map(({ kid }) => kid);
    if (this.options.metrics.length > 0)
      await this.untilTaken(
        Date.now(),
        'the new keys to sign with',
        (metrics) => !old.some((kid) => signs(metrics, kid)),
      );
  }

  /** @param now also those whose tokens still live: for a key that somebody else may have */
  async retire({ now = false } = {}): Promise<void> {
    const wait = this.untilRetirable();
    if (!now && wait > 0)
      throw new LocalStackError(
        `Tokens that the older keys signed live for ${Math.ceil(wait / 1_000)} s more. Wait, or say --now: those who hold them must refresh`,
      );
    const gone = this.options.services.flatMap((service) => this.keys.retire(service, new Date()));
    await this.handOut();
    this.options.report(gone.length > 0 ? `retired    ${gone.join(', ')}` : 'There was no older key to retire');
  }

  list(): void {
    for (const { service, kid, state, since } of this.keys.list())
      if (this.options.services.includes(service))
        this.options.report(
          [service.padEnd(12), state.padEnd(9), kid, since ? `since ${since.toISOString()}` : ''].join(' ').trimEnd(),
        );
  }

  private of(service: ServiceName, state: string) {
    return this.keys.list().filter((key) => key.service === service && key.state === state);
  }

  private tell(what: string, service: ServiceName, state: string): void {
    for (const { kid } of this.of(service, state))
      this.options.report(`${what.padEnd(10)} ${service.padEnd(12)} ${kid}`);
  }

  /** Milliseconds until every older key may go. */
  private untilRetirable(): number {
    const ends = this.options.services.flatMap((service) =>
      this.of(service, 'retiring').map(
        ({ since }) =>
          (since?.getTime() ?? 0) +
          this.options.loadMs +
          SKEW_MS +
          (service === 'gateway' ? LIFE_MS.gateway : LIFE_MS.others),
      ),
    );
    return Math.max(0, ...ends.map((end) => end - Date.now()));
  }

  private async untilTaken(sinceMs: number, what: string, taken: (metrics: string) => boolean): Promise<void> {
    const { metrics, loadMs, report } = this.options;
    const end = sinceMs + loadMs;
    if (metrics.length === 0) {
      const wait = end - Date.now();
      if (wait <= 0) return;
      report(`Every process is given ${Math.ceil(wait / 1_000)} s to take ${what}`);
      return pause(wait);
    }
    // Asked at least once, also where the time is over.
    for (;;) {
      const texts = await Promise.all(metrics.map(metricsOf));
      const waiting = metrics.filter((_url, index) => !taken(texts[index] ?? ''));
      if (waiting.length === 0) return report(`All ${metrics.length} processes have taken ${what}`);
      if (Date.now() >= Math.max(end, sinceMs + LOOK_EVERY_MS))
        throw new LocalStackError(
          `${waiting.join(', ')} did not take ${what} in time: see its log. Run this again to go on`,
        );
      await pause(LOOK_EVERY_MS / 4);
    }
  }

  /** In a deployment everybody has an own copy of what is its own. */
  private async handOut(): Promise<void> {
    if (!this.isDeployment) return;
    // It knows the database, which takes longer to load than all of this takes to run.
    const { makeDeploymentSecrets } = await import('./deployment-secrets.js');
    await makeDeploymentSecrets(this.options.folder);
  }
}

/** Empty when it does not answer: a process that cannot be asked has taken nothing. */
async function metricsOf(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}

function verifies(metrics: string, kid: string): boolean {
  return new RegExp(`^auth_key_loaded\\{kid="${kid}",issuer="[a-z]+",use="verify"\\} 1$`, 'm').test(metrics);
}

/** True also of what tells nothing of keys: nobody knows what it signs with. */
function signs(metrics: string, kid: string): boolean {
  return (
    !metrics.includes('auth_key_loaded{') ||
    new RegExp(`^auth_key_loaded\\{kid="${kid}",issuer="[a-z]+",use="sign"\\} 1$`, 'm').test(metrics)
  );
}
