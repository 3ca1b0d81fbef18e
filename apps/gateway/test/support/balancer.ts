import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A load balancer of connections, as a Service of Kubernetes is one: a new connection goes to the next backend whose
 * `/ready` said yes at the last look; one that is open stays where it is.
 */
export class Balancer {
  private ready: readonly number[] = [];
  private next = 0;
  private readonly sockets = new Set<Socket>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  /** Connections that no backend took: it had said that it would. */
  readonly failed: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly backends: readonly number[],
    private readonly lookMs: number,
  ) {}

  static async start(backends: readonly number[], lookMs: number): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, backends, lookMs);
    server.on('connection', (client) => balancer.carry(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await balancer.look();
    balancer.timer = setInterval(() => void balancer.look(), lookMs);
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ports of the backends that get connections now. */
  get serving(): readonly number[] {
    return this.ready;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private carry(client: Socket): void {
    const port = this.ready[this.next++ % Math.max(1, this.ready.length)];
    if (port === undefined) {
      this.failed.push('no backend is ready');
      return void client.destroy();
    }
    const backend = connect(port, '127.0.0.1');
    backend.once('error', (error) => {
      if (backend.bytesRead === 0) this.failed.push(String(error));
    });
    for (const [from, to] of [
      [client, backend],
      [backend, client],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay().on('error', () => to.destroy());
      from.once('close', () => {
        this.sockets.delete(from);
        to.destroySoon();
      });
      from.pipe(to);
    }
  }

  /**
   * One look at a time: one that took long must not speak over a newer one. Who does not answer stays what it was, and when
   * all say no the last list stays: then it is not they who are ill.
   */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const answers = await Promise.all(this.backends.map((port) => this.isReady(port)));
    const ready = this.backends.filter((_port, index) => answers[index]);
    if (ready.length > 0) this.ready = ready;
    this.looking = false;
  }

  private async isReady(port: number): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(2 * this.lookMs) });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch (error) {
      return (error as Error).name === 'TimeoutError' && this.ready.includes(port);
    }
  }
}
