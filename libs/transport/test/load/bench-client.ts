import 'reflect-metadata';
import { Global, Logger as NestLogger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { ConfigModule, loadConfig } from '@techze/config';
import { Problem, type BackendService, type Principal } from '@techze/contracts';
import { Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { ContextVerifier, RpcClient, transportConfig, TransportModule } from '@techze/transport';
import { firstValueFrom } from 'rxjs';
import { echoOf, stockPattern, tokenOf, type Payload } from './bench-contract.js';

/** The caller: ours or stock. Runs what its parent asks for and answers its CPU time. */
const { kind, redisUrl, payload } = JSON.parse(process.argv[2] ?? '{}') as {
  kind: 'ours' | 'stock';
  redisUrl: string;
  payload: Payload;
};
const token = tokenOf(payload);

interface Run {
  readonly service: BackendService;
  readonly requests: number;
  readonly concurrency: number;
  readonly replicas: number;
}

class NoVerifier extends ContextVerifier {
  verify(): Promise<Principal> {
    return Promise.reject(new Problem('invalid-token'));
  }
}

@Global()
@Module({ providers: [{ provide: ContextVerifier, useClass: NoVerifier }], exports: [ContextVerifier] })
class VerifierModule {}

@Module({
  imports: [
    ConfigModule.forRoot(loadConfig([transportConfig], { REDIS_URL: redisUrl })),
    ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
    TransportModule.forRoot({ service: 'gateway' }),
    VerifierModule,
  ],
})
class ClientModule {}

const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: false };

async function ourCaller() {
  const app = await NestFactory.createApplicationContext(ClientModule, { logger: false });
  const rpc = app.get(RpcClient);
  return async (run: Run) => {
    const command = echoOf(run.service);
    while (rpc.replicas(run.service) !== run.replicas) await new Promise((resolve) => setTimeout(resolve, 20));
    return (id: string) =>
      runInContext({ requestId: id, trace, deadline: Date.now() + 10_000, token }, () =>
        rpc.call(command, { id, include: ['findings'] }),
      );
  };
}

async function stockCaller() {
  NestLogger.overrideLogger(false);
  const { hostname, port } = new URL(redisUrl);
  const client = ClientProxyFactory.create({
    transport: Transport.REDIS,
    options: { host: hostname, port: Number(port) },
  });
  await client.connect();
  return (run: Run) =>
    Promise.resolve((id: string) =>
      firstValueFrom(client.send<{ id: string }>(stockPattern(run.service), { id, include: ['findings'], token })),
    );
}

const callerOf = await (kind === 'ours' ? ourCaller() : stockCaller());

process.on('message', (run: Run) => {
  void (async () => {
    const call = await callerOf(run);
    const before = process.cpuUsage();
    const startedAt = performance.now();
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < run.requests; index = next++) {
        const id = `dgn_${String(index).padStart(32, '0')}`;
        if ((await call(id)).id !== id) throw new Error('a wrong answer');
      }
    };
    await Promise.all(Array.from({ length: run.concurrency }, lane));
    process.send?.({ cpu: process.cpuUsage(before), tookMs: performance.now() - startedAt });
  })();
});
process.send?.('ready');
process.once('SIGTERM', () => process.exit());
