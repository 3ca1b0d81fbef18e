import { LocalStack, timedReport, type Scale, type StateFolder } from '@techze/local-stack';
import { ownState } from '../servers/own-servers.js';

export interface SuiteOptions {
  readonly scale?: Partial<Scale>;
  /** Settings of the apps. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** For a test that needs none of them: each takes seconds of a core to start. */
export const NO_BYSTANDERS = { ai: 0, automation: 0, analytics: 0 } as const;

/** More than any test sends. A test of the limits themselves sets what `npm start` has: an empty value is the default. */
const UNLIMITED = Object.fromEntries(
  ['DEFAULT', 'AUTH', 'API_HEAVY', 'DIAGNOSTICS'].map((name) => [`RATE_LIMIT_${name}`, '1000000/second']),
);

/** A whole suite of a test's own, to break as it likes. */
export interface Suite {
  /** Servers and apps: `postgres.replica.stop()`, `redis.restart()`, `instances('diagnostics')[0].signal('SIGKILL')`, … */
  readonly stack: LocalStack;
  /** What it would have printed on a terminal: deaths, restarts, errors of the apps. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts the five apps, or those that `scale` leaves, with servers of their own, as `npm start` does, on free ports in a temporary folder. `stop()` it at the end. */
export function startSuite(options: SuiteOptions = {}): Promise<Suite> {
  return suiteIn(ownState(), options);
}

export async function suiteIn(state: StateFolder, { scale, environment }: SuiteOptions): Promise<Suite> {
  const lines: string[] = [];
  const { PATH, HOME, TZ, LANG } = process.env;
  const stack = await LocalStack.start({
    folder: state.path,
    ...(scale && { scale }),
    durable: false,
    gatewayPort: 0,
    report: timedReport((line) => lines.push(line)),
    // Nothing else of the environment: a DATABASE_URL of this machine is no business of a test.
    environment: { PATH, HOME, TZ, LANG, ...UNLIMITED, ...environment },
  });
  return { stack, lines, stop: () => stack.stop() };
}
