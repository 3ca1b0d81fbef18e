import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from '@techze/observability';
import type { HttpConfig } from './http.config.js';
import { Readiness } from './readiness.js';

/** What is left once nobody waits any more gets this long. */
const CUT_MS = 5_000;

/**
 * The end of a process as a story: on SIGTERM or SIGINT `/ready` says 503 at once, it serves on while load balancers
 * look away, then work in flight is finished, everything is closed, and it exits 0. A second signal skips the wait.
 */
export function shutDownOnSignal(app: INestApplication, { drainMs, graceMs }: HttpConfig, logger: Logger): void {
  let skipWait: (() => void) | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (skipWait) return skipWait();
    logger.info('draining', { signal, drain_ms: drainMs });
    app.get(Readiness).drain();
    const wait = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      skipWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    void wait.then(() => close(app, graceMs, logger));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function close(app: INestApplication, graceMs: number, logger: Logger): Promise<void> {
  const late = setTimeout(() => {
    logger.warn('cutting connections that did not finish in time', { grace_ms: graceMs });
    (app.getHttpServer() as Server).closeAllConnections();
    setTimeout(() => process.exit(1), CUT_MS).unref();
  }, graceMs);
  try {
    await app.close();
    logger.info('stopped');
    clearTimeout(late);
    process.exit(0);
  } catch (error) {
    logger.error('shutdown failed', { err: error });
    process.exit(1);
  }
}
