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

  private constructor(
    private readonly server: Server,
    private readonly backends: readonly number[],
  ) {}

  static async start(backends: readonly number[], lookMs: number): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, backends);
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
    if (port === undefined) return void client.destroy();
    const backend = connect(port, '127.0.0.1');
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

  private async look(): Promise<void> {
    const answers = await Promise.all(
      this.backends.map((port) =>
        fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(1_000) }).then(
          async (answer) => {
            await answer.arrayBuffer();
            return answer.status === 200;
          },
          () => false,
        ),
      ),
    );
    this.ready = this.backends.filter((_port, index) => answers[index]);
  }
}
