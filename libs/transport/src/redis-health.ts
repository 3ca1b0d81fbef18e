import { Injectable } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';

const LIMIT_MS = 1_000;

/** Whether the bus answers. */
@Injectable()
export class RedisHealth {
  constructor(private readonly connections: RedisConnections) {}

  /** Within a second, and never throws. */
  async isUp(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), LIMIT_MS);
    });
    const answered = this.connections.commands.send<string>(['PING']).then(
      (reply) => reply === 'PONG',
      () => false,
    );
    return Promise.race([answered, late]).finally(() => clearTimeout(timer));
  }
}
