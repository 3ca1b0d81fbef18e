import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { exitCodes, Failure, messageOf } from '../failure.js';
import { isMissing, makeFolder, writeDurably } from './durable-file.js';

/** What tells where an agent keeps its things. */
export interface Host {
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** Of the user who runs the agent. */
  home: string;
}

const NAME = 'techze-agent';

/** Where such programs keep their state by the custom of the platform. */
export function defaultStateFolder(
  { platform, isRoot, home }: Host,
  env: Readonly<Record<string, string | undefined>>,
) {
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), NAME);
  if (platform === 'darwin') return join(isRoot ? '/' : home, 'Library', 'Application Support', NAME);
  if (isRoot) return join('/var/lib', NAME);
  const named = env.XDG_STATE_HOME;
  // The XDG specification: a relative path is to be ignored.
  return join(named && isAbsolute(named) ? named : join(home, '.local', 'state'), NAME);
}

/** The folder in which one agent keeps its identity, its credential, its settings and its spool. */
export class StateFolder {
  constructor(readonly path: string) {}

  static of(flag: string | undefined, env: Readonly<Record<string, string | undefined>>, host: Host): StateFolder {
    return new StateFolder(resolve(flag ?? (env.TECHZE_STATE_DIR || defaultStateFolder(host, env))));
  }

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** @throws Failure (exit 9) when it can be neither found nor made */
  make(...names: string[]): string {
    const path = this.file(...names);
    try {
      makeFolder(path);
      return path;
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** The text of a file; undefined when there is none. @throws Failure (exit 9) when it may not be read */
  read(name: string): string | undefined {
    try {
      return readFileSync(this.file(name), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.failure(error);
    }
  }

  /** @throws Failure (exit 9) */
  write(name: string, value: unknown): void {
    this.make();
    try {
      writeDurably(this.file(name), `${JSON.stringify(value, null, 2)}\n`);
    } catch (error) {
      throw this.failure(error);
    }
  }

  failure(error: unknown): Failure {
    return new Failure(exitCodes.state, `The state folder cannot be used: ${messageOf(error)}`, [
      'Run as the user who enrolled this machine, or name another folder with --state-dir or TECHZE_STATE_DIR.',
    ]);
  }
}
