import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Below the range from which systems take ports for outgoing connections, so that a server finds its port free again. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const TRIES = 5;
const BETWEEN_TRIES_MS = 50;

/** A TCP port of 127.0.0.1 that nobody listens on: the first free of the preferred ones, else a random one. */
export async function freePort(...preferred: readonly (number | undefined)[]): Promise<number> {
  for (const port of preferred) if (port !== undefined && (await comesFree(port))) return port;
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
}

/** A port that was ours a moment ago may need another moment. */
async function comesFree(port: number): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await isFree(port)) return true;
    await delay(BETWEEN_TRIES_MS);
  }
  return false;
}

/** Whether a server could listen there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
