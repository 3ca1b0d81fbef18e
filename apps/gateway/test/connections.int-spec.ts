import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Logger } from '@techze/observability';
import { waitFor } from '@techze/testing';
import { limitConnections, type ConnectionLimits } from '../src/edge/connections.js';

const LARGE = 'x'.repeat(8 * 1024 * 1024);
const LIMITS: ConnectionLimits = { total: 100, perPeer: 100, windowMs: 300, lookMs: 20 };

describe('a server whose callers behave badly', () => {
  const callers: Socket[] = [];
  const lines: string[] = [];
  let server: Server;

  async function serve(limits: Partial<ConnectionLimits>, proxies: readonly string[] = []): Promise<void> {
    server = createServer((request, response) => response.end(request.url === '/large' ? LARGE : 'ok'));
    const logger = Logger.to({ write: (line: string) => void lines.push(line) });
    limitConnections(server, proxies, logger, { ...LIMITS, ...limits });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  function call(path?: string, localAddress = '127.0.0.1'): Socket {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', localAddress });
    callers.push(socket.on('error', () => undefined));
    if (path !== undefined) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    return socket;
  }
  const open = () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

  afterEach(async () => {
    for (const socket of callers.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
    lines.length = 0;
  });

  it('does not wait for one that never reads its answer, and serves others meanwhile', async () => {
    await serve({});
    const deaf = call('/large').pause();
    await waitFor(async () => (await open()) === 1);
    const other = call('/');
    expect(String((await once(other, 'data'))[0])).toContain('ok');
    other.destroy();
    await waitFor(async () => (await open()) === 0, { timeoutMs: 5_000 });
    expect(deaf.destroyed || deaf.bytesRead < LARGE.length).toBe(true);
  });

  it('waits for one that reads, and for one that says nothing', async () => {
    await serve({});
    const silent = call();
    const slow = call('/large');
    let read = 0;
    // A part at a time: it takes several windows.
    slow.on('data', (chunk: Buffer) => {
      read += chunk.length;
      slow.pause();
      setTimeout(() => slow.resume(), 1);
    });
    await waitFor(() => read > LARGE.length, { timeoutMs: 20_000 });
    expect(silent.destroyed).toBe(false);
  });

  it('has so many connections and no more, and says so', async () => {
    await serve({ total: 3 });
    const sockets = Array.from({ length: 5 }, () => call());
    await waitFor(() => sockets.filter(({ destroyed }) => destroyed).length === 2);
    await waitFor(() => lines.some((line) => line.includes('too many are open')));
    sockets.find(({ destroyed }) => !destroyed)?.destroy();
    await waitFor(async () => (await open()) === 2);
    expect(String((await once(call('/'), 'data'))[0])).toContain('ok');
  });

  it('has room for who has few, although some addresses took as many as they got', async () => {
    await serve({ total: 40, perPeer: 20 });
    const greedy = ['127.0.0.2', '127.0.0.3'].flatMap((address) =>
      Array.from({ length: 20 }, () => call('/', address)),
    );
    await waitFor(() => greedy.filter(({ destroyed }) => destroyed).length === 8);
    expect(await open()).toBe(32);
    for (let each = 0; each < 2; each += 1) expect(String((await once(call('/live'), 'data'))[0])).toContain('ok');
    const third = call('/live');
    await once(third, 'close');
    expect(third.bytesRead).toBe(0);
  });

  it('gives one address a part of them, but a proxy of ours all', async () => {
    await serve({ perPeer: 2 });
    const sockets = Array.from({ length: 4 }, () => call());
    await waitFor(() => sockets.filter(({ destroyed }) => destroyed).length === 2);
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
    await serve({ perPeer: 2 }, ['127.0.0.0/8', '::1']);
    const trusted = Array.from({ length: 4 }, () => call());
    await waitFor(async () => (await open()) === 4);
    expect(trusted.filter(({ destroyed }) => destroyed)).toEqual([]);
  });
});
