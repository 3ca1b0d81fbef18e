import { Injectable } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';

const LIMIT_MS = 1_000;

/** Whether the bus answers. */
@Injectable()
export class RedisHealth {
  constructor(private readonly connections: RedisConnections) {}

  /** Within a second, and never throws. */
  async isUp(): Promise<boolean> {
    return this.connections.commands.sendWithin<string>(LIMIT_MS, ['PING']).then(
      (reply) => reply === 'PONG',
      () => false,
    );
  }
}
