import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import type { BackendService } from '@techze/contracts';
import { RpcClient } from '@techze/transport';
import { startTestApp, type TestAppOptions } from '../fixtures/test-app.js';
import { compilePrograms } from './compiled.js';
import { TestRedis } from './redis.js';

type AppOptions = Partial<Omit<TestAppOptions, 'redisUrl' | 'journal'>>;

const root = join(__dirname, '../../../..');

/** A Redis, apps in this process, replicas as processes of their own, and the journal of what they executed. */
export class Lab {
  private readonly apps: INestMicroservice[] = [];
  private readonly children: ChildProcess[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'tz-transport-'));
  private readonly journal = join(this.folder, 'journal');
  /** A file that is not there: work that waits for it is under way until `openGate`. */
  readonly gate = join(this.folder, 'gate');
  private compiled = false;

  private constructor(readonly redis: TestRedis) {
    writeFileSync(this.journal, '');
  }

  static async open(redis?: TestRedis): Promise<Lab> {
    return new Lab(redis ?? (await TestRedis.start()));
  }

  /** An app in this process. */
  async app(options: AppOptions = {}): Promise<INestMicroservice> {
    const app = await startTestApp({ service: 'diagnostics', ...this.fixed(), ...options });
    this.apps.push(app);
    return app;
  }

  /** A gateway in this process that sees `replicas` of the service. */
  async gateway(
    replicas: number,
    service: BackendService = 'diagnostics',
    options: AppOptions = {},
  ): Promise<RpcClient> {
    const app = await this.app({ service: 'gateway', ...options });
    const rpc = app.get(RpcClient);
    await until(() => rpc.replicas(service) === replicas);
    return rpc;
  }

  /** A replica in a process of its own. */
  async replica(options: AppOptions = {}): Promise<ChildProcess> {
    if (!this.compiled) compilePrograms(root, this.folder);
    this.compiled = true;
    const argument = JSON.stringify({ service: 'diagnostics', ...this.fixed(), ...options });
    const child = fork(join(this.folder, 'libs/transport/test/fixtures/replica.js'), [argument], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.children.push(child);
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error('a replica did not start');
      }),
    ]);
    return child;
  }

  /** Exactly so many replicas, those that still live among them. */
  async scale(count: number): Promise<ChildProcess[]> {
    const living = () => this.children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    await Promise.all(
      living()
        .slice(count)
        .map((child) => end(child, 'SIGKILL')),
    );
    await Promise.all(Array.from({ length: count - living().length }, () => this.replica()));
    return living();
  }

  /** How often each job was executed, in whichever process. */
  executions(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const id of readFileSync(this.journal, 'utf8').split('\n').filter(Boolean))
      counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }

  openGate(): void {
    writeFileSync(this.gate, '');
  }

  async close(): Promise<void> {
    for (const child of this.children) await end(child, 'SIGKILL');
    await Promise.all(this.apps.map((app) => app.close()));
    await this.redis.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fixed() {
    return { redisUrl: this.redis.url, journal: this.journal };
  }
}

/** Signals a process and waits for its end. @returns its exit code, null if a signal ended it */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
  return child.exitCode;
}

/** Waits for a condition. @throws after `limitMs` */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  for (const end = Date.now() + limitMs; !(await condition());) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
