import { LocalStackError } from '../local-stack-error.js';
import { freePort, isFree } from '../processes/free-port.js';

export const GATEWAY_PORT = 8000;

/** Port of the gateway: the one asked for, else 8000, else the one of last time, else any free one. */
export async function gatewayPort(asked: number | undefined, last: number | undefined): Promise<number> {
  if (asked === undefined || asked === 0) return freePort(...(asked === 0 ? [last] : [GATEWAY_PORT, last]));
  if (!(await isFree(asked))) throw new LocalStackError(`GATEWAY_PORT: port ${asked} of 127.0.0.1 is taken`);
  return asked;
}

/** @throws LocalStackError unless it is a port number; GATEWAY_PORT goes before PORT */
export function askedPort(environment: NodeJS.ProcessEnv): number | undefined {
  for (const name of ['GATEWAY_PORT', 'PORT']) {
    const text = environment[name];
    if (!text) continue;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
    if (!(port >= 0 && port <= 65_535)) throw new LocalStackError(`${name}: must be a port number`);
    return port;
  }
  return undefined;
}
