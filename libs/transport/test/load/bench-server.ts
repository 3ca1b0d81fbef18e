import 'reflect-metadata';
import { Controller, Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  MessagePattern,
  Transport,
  type AsyncMicroserviceOptions,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { ConfigModule, loadConfig } from '@techze/config';
import type { BackendService, Principal } from '@techze/contracts';
import { Logger, ObservabilityModule } from '@techze/observability';
import {
  ContextVerifier,
  HandlesCommand,
  RedisStreamsServer,
  transportConfig,
  TransportModule,
} from '@techze/transport';
import { answer, echoOf, stockPattern, type BenchRequest, type Payload } from './bench-contract.js';

/** One replica: ours or stock. Answers `{cpu, executions}` whenever its parent asks. */
const { kind, service, redisUrl, payload } = JSON.parse(process.argv[2] ?? '{}') as {
  kind: 'ours' | 'stock';
  service: BackendService;
  redisUrl: string;
  payload: Payload;
};
let executions = 0;

class MapVerifier extends ContextVerifier {
  private readonly known = new Map<string, Principal>();
  verify(token: string): Promise<Principal> {
    let principal = this.known.get(token);
    if (!principal) {
      principal = { kind: 'worker', tenant_id: 'tnt_bench', service: 'gateway', role: 'worker' };
      this.known.set(token, principal);
    }
    return Promise.resolve(principal);
  }
}

@Global()
@Module({ providers: [{ provide: ContextVerifier, useClass: MapVerifier }], exports: [ContextVerifier] })
class VerifierModule {}

@Controller()
class EchoController {
  @HandlesCommand(echoOf(service))
  ours(request: BenchRequest) {
    executions += 1;
    return answer(request.id, payload);
  }

  @MessagePattern(stockPattern(service))
  stock(request: BenchRequest) {
    executions += 1;
    return answer(request.id, payload);
  }
}

if (kind === 'ours') {
  @Module({
    imports: [
      ConfigModule.forRoot(loadConfig([transportConfig], { REDIS_URL: redisUrl })),
      ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
      TransportModule.forRoot({ service }),
      VerifierModule,
    ],
    controllers: [EchoController],
  })
  class OursModule {}
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(OursModule, {
    useFactory: (strategy: RedisStreamsServer) => ({ strategy }),
    inject: [RedisStreamsServer],
    logger: false,
  });
  await app.listen();
} else {
  @Module({ controllers: [EchoController] })
  class StockModule {}
  const { hostname, port } = new URL(redisUrl);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(StockModule, {
    transport: Transport.REDIS,
    options: { host: hostname, port: Number(port) },
    logger: false,
  });
  await app.listen();
}
process.on('message', () => process.send?.({ cpu: process.cpuUsage(), executions }));
process.send?.('ready');
process.once('SIGTERM', () => process.exit());
