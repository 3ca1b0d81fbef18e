import { exitCodes, Failure } from '../failure.js';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The base address of the service; a path in it is kept (a proxy may serve it below one).
 * @throws Failure (exit 2)
 */
export function parseServerUrl(text: string | undefined): URL {
  if (!text) {
    throw new Failure(exitCodes.usage, 'No server to send to.', ['Give --server URL or set TECHZE_SERVER.']);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure(exitCodes.usage, 'The server must be an address such as https://techze.example.');
  }
  if (url.username || url.password) {
    throw new Failure(exitCodes.usage, 'The server address must not hold credentials: set TECHZE_TOKEN instead.');
  }
  return new URL(url.origin + url.pathname.replace(/\/+$/, ''));
}

export function endpoint(server: URL, path: string): URL {
  return new URL(server.origin + server.pathname.replace(/\/+$/, '') + path);
}

/** Host and port of the server, to open a connection to. */
export function addressOf(server: URL): { host: string; port: number } {
  const port = Number(server.port) || (server.protocol === 'https:' ? 443 : 80);
  return { host: server.hostname.replace(/^\[|\]$/g, ''), port };
}

/** Whether a password would cross a network unencrypted. */
export function isExposed(server: URL): boolean {
  return server.protocol === 'http:' && !loopback.test(server.hostname);
}
