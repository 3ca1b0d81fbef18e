import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { RedisConnection } from './redis-connection.js';
import { transportConfig, type TransportConfig } from './transport.config.js';

/**
 * This process's connections: one for commands, one that listens. A consumer adds one that blocks.
 * All carry the process's name, so that peers can see in Redis whether it still has connections.
 */
@Injectable()
export class RedisConnections implements OnModuleInit, OnApplicationShutdown {
  /** Name of this process among all: pod, process id, random. Never used twice. */
  readonly processName = `${hostname()
    .replaceAll(/[^\w.-]/g, '-')
    .slice(0, 63)}-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly commands: RedisConnection;
  readonly subscriber: RedisConnection;
  private readonly logger: Logger;
  private readonly blocking: RedisConnection[] = [];

  constructor(
    @Inject(transportConfig.token) private readonly config: TransportConfig,
    logger: Logger,
  ) {
    this.logger = logger.named('redis');
    this.commands = new RedisConnection(config.redisUrl, this.processName, this.logger);
    this.subscriber = new RedisConnection(config.redisUrl, this.processName, this.logger);
  }

  onModuleInit(): void {
    this.commands.start();
    this.subscriber.start();
  }

  /** A started connection for reads that block. */
  openBlocking(): RedisConnection {
    const connection = new RedisConnection(this.config.redisUrl, this.processName, this.logger);
    this.blocking.push(connection);
    connection.start();
    return connection;
  }

  onApplicationShutdown(): void {
    for (const connection of [this.commands, this.subscriber, ...this.blocking]) connection.close();
  }
}
