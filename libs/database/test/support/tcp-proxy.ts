import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A way to a server, with the troubles of a network. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were made to it so far, those that came to nothing too. */
  readonly accepted: number;
  /** A black hole: connections stay and are made, and nothing passes. */
  block(): void;
  /** Half-open: what clients say arrives, what the server answers does not. */
  blockAnswers(): void;
  /** Ends `block` and `blockAnswers`: what was held back passes too. */
  unblock(): void;
  /** Each piece arrives this much later, in order. */
  delay(ms: number): void;
  /** All connections are reset; later ones are made. */
  drop(): void;
  /** Nothing passes on the connections that there are, ever; later ones are well. */
  forget(): void;
  /** All connections are closed, in good order and without a word. */
  hangUp(): void;
  /** All connections are reset, and each later one as soon as it was made, until `accept`. */
  refuse(): void;
  accept(): void;
  close(): Promise<void>;
}

type Way = 'out' | 'back';

export async function tcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets: Record<Way, Set<Socket>> = { out: new Set(), back: new Set() };
  const blocked: Record<Way, boolean> = { out: false, back: false };
  const forgotten: Socket[] = [];
  let accepted = 0;
  let delayMs = 0;
  let refuses = false;

  /** Hands on what comes from one socket to the other. */
  function join(way: Way, from: Socket, to: Socket): void {
    let last = Promise.resolve<unknown>(undefined);
    sockets[way].add(from);
    from.on('data', (chunk) => {
      const due = delayMs > 0 ? delay(delayMs) : undefined;
      last = last.then(() => due).then(() => to.write(chunk));
    });
    from.on('close', () => {
      sockets[way].delete(from);
      to.destroy();
    });
    from.on('error', () => from.destroy());
    if (blocked[way]) from.pause();
  }

  function block(...ways: Way[]): void {
    for (const way of ways) {
      blocked[way] = true;
      sockets[way].forEach((socket) => socket.pause());
    }
  }

  function drop(): void {
    for (const socket of [...sockets.out, ...sockets.back]) socket.resetAndDestroy();
  }

  const server = createServer((near) => {
    accepted += 1;
    if (refuses) return near.resetAndDestroy();
    const far = connect(targetPort, '127.0.0.1');
    join('out', near, far);
    join('back', far, near);
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    get accepted() {
      return accepted;
    },
    block: () => block('out', 'back'),
    blockAnswers: () => block('back'),
    unblock: () => {
      for (const way of ['out', 'back'] as const) {
        blocked[way] = false;
        sockets[way].forEach((socket) => socket.resume());
      }
    },
    delay: (ms) => (delayMs = ms),
    drop,
    forget: () => {
      for (const way of ['out', 'back'] as const) {
        sockets[way].forEach((socket) => socket.pause().removeAllListeners('close'));
        forgotten.push(...sockets[way]);
        sockets[way].clear();
      }
    },
    hangUp: () => {
      for (const socket of [...sockets.out, ...sockets.back]) socket.destroy();
    },
    refuse: () => {
      refuses = true;
      drop();
    },
    accept: () => (refuses = false),
    close: async () => {
      drop();
      for (const socket of forgotten) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
