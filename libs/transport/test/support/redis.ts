import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createClient } from 'redis';

/** A redis-server of this test's own, on a free port of 127.0.0.1, with nothing on disk. */
export class TestRedis {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly options: readonly string[],
  ) {}

  static async start(...options: string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), options);
    await redis.start();
    return redis;
  }

  static async unstarted(): Promise<TestRedis> {
    return new TestRedis(await freePort(), []);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.process = spawn('redis-server', [...fixed, ...this.options], { stdio: 'ignore' });
    const client = await this.client();
    await client.ping();
    client.destroy();
  }

  async client() {
    const client = createClient({
      url: this.url,
      RESP: 2,
      socket: { reconnectStrategy: (retries) => (retries > 500 ? false : 10) },
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async command<Reply>(...command: string[]): Promise<Reply> {
    const client = await this.client();
    try {
      return await client.sendCommand<Reply>(command);
    } finally {
      client.destroy();
    }
  }

  signal(name: NodeJS.Signals): void {
    this.process?.kill(name);
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const exit = once(process, 'exit');
    process.kill('SIGKILL');
    await exit;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
