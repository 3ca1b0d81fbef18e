import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalStack, timedReport } from '../../../../dist/libs/local-stack/src/index.js';

/** What the machine can do, not what a caller may. */
const UNLIMITED = Object.fromEntries(
  ['DEFAULT', 'AUTH', 'API_HEAVY', 'DIAGNOSTICS'].map((name) => [`RATE_LIMIT_${name}`, '1000000/second']),
);

/**
 * Runs a benchmark against PostgreSQL, Redis and the five apps in a temporary folder, which are gone afterwards, also when
 * it is interrupted. Commits do not wait for the disk; there are no rate limits.
 * @param run gets the stack, and `place`: its folder, and the ends of what has to end before it
 */
export async function withStack(name, run, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), `techze-${name}-`));
  const endings = [];
  let stack;
  const clean = async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));
  try {
    stack = await LocalStack.start({
      folder,
      durable: false,
      gatewayPort: 0,
      report: timedReport(() => undefined),
      ...options,
      environment: { PATH: process.env.PATH, HOME: process.env.HOME, ...UNLIMITED, SHUTDOWN_DRAIN_MS: '0' },
    });
    await run(stack, { folder, endings });
  } finally {
    await clean();
  }
}
