import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where one local stack keeps everything it knows: `.techze/` of a checkout, or a temporary folder of a test. */
export class StateFolder {
  private constructor(readonly path: string) {}

  static at(path: string): StateFolder {
    return new StateFolder(path);
  }

  /** Makes it. Others may enter it, because PostgreSQL may run as `nobody`, but nothing secret is readable. */
  create(): this {
    mkdirSync(this.path, { recursive: true });
    chmodSync(this.path, 0o711);
    mkdirSync(this.secrets, { recursive: true, mode: 0o700 });
    mkdirSync(this.logs, { recursive: true, mode: 0o700 });
    return this;
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  get postgres(): string {
    return join(this.path, 'postgres');
  }
  get redis(): string {
    return join(this.path, 'redis');
  }
  get secrets(): string {
    return join(this.path, 'secrets');
  }
  get logs(): string {
    return join(this.path, 'logs');
  }
  /** Mails that were not sent to anybody. */
  get mail(): string {
    return join(this.path, 'mail');
  }
  /** Ports and processes of the last start. */
  get runtimeFile(): string {
    return join(this.path, 'runtime.json');
  }
  /** Who looks after the running suite. */
  get supervisorFile(): string {
    return join(this.path, 'supervisor.json');
  }
  /** What people, tools and tests read about a running suite. */
  get demoFile(): string {
    return join(this.path, 'demo.json');
  }
}
