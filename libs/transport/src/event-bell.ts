import { Injectable } from '@nestjs/common';
import { EVENT_BELL } from './keys.js';
import { RedisConnections } from './redis-connections.js';

/**
 * Rings in every process when a tenant has new events to show. It says that, and nothing else: who hears it looks into
 * the database, so it needs no signature. One that nobody heard only costs time: who waits looks every second anyway.
 */
@Injectable()
export class EventBell {
  constructor(private readonly connections: RedisConnections) {}

  /** Returns at once and never fails. */
  ring(tenantId: string): void {
    this.connections.commands.send(['PUBLISH', EVENT_BELL, tenantId]).catch(() => undefined);
  }

  onRing(listener: (tenantId: string) => void): void {
    this.connections.subscriber.subscribe(EVENT_BELL, listener);
  }
}
