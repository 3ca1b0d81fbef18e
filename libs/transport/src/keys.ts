import type { ServiceName } from '@techze/contracts';

/** Where the transport lives in Redis. The braces are a hash tag: all keys of one service share a cluster slot. */
export interface ServiceKeys {
  /** Stream of request frames; one consumer group, named like the service. */
  readonly rpc: string;
  /** Stream of events for this service, one an entry; one consumer group, named like the service. */
  readonly events: string;
  /** Stream of what could not be handled: kept for people, read by nobody. */
  readonly dlq: string;
  /** There while the replica lives (`aliveMs`). */
  alive(consumer: string): string;
}

export function keysOf(service: ServiceName): ServiceKeys {
  const prefix = `tz:{${service}}`;
  return {
    rpc: `${prefix}:rpc`,
    events: `${prefix}:events`,
    dlq: `${prefix}:dlq`,
    alive: (consumer) => `${prefix}:alive:${consumer}`,
  };
}

/** Channel on which one process receives the replies to its requests. */
export const replyChannelOf = (process: string): string => `tz:reply:${process}`;
export const REPLY_CHANNEL = /^tz:reply:[\w.-]{1,128}$/;

/** There while Redis remembers what this client sent: gone after FLUSHALL, a failover or a restart without its data. */
export const memoryMarkOf = (process: string): string => `tz:client:${process}`;

/** Stream and channel of what every process hears. */
export const BROADCASTS = 'tz:broadcasts';

/** Channel of tenants that have new events to show. */
export const EVENT_BELL = 'tz:event-bell';
