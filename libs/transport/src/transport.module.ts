import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceName } from '@techze/contracts';
import { Broadcasts } from './broadcasts.js';
import { EventBell } from './event-bell.js';
import { EventPublisher } from './event-publisher.js';
import { Parcels } from './parcels.js';
import { RedisConnections } from './redis-connections.js';
import { RedisHealth } from './redis-health.js';
import { RedisStreamsServer } from './redis-streams.server.js';
import { RpcClient } from './rpc-client.js';
import { TransportOptions } from './transport.options.js';

/** Calls, events and broadcasts of one process, everywhere in it. Needs a ContextVerifier from above. */
@Module({})
export class TransportModule {
  static forRoot({ service }: { service: ServiceName }): DynamicModule {
    const shared = [RedisConnections, RpcClient, EventPublisher, EventBell, Parcels, RedisStreamsServer, RedisHealth];
    return {
      module: TransportModule,
      global: true,
      providers: [{ provide: TransportOptions, useValue: new TransportOptions(service) }, Broadcasts, ...shared],
      exports: shared,
    };
  }
}
