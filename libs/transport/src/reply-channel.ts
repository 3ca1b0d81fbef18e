import { decodeReplies, type ReplyEnvelope } from './envelope.js';
import { replyChannelOf } from './keys.js';
import type { RedisConnections } from './redis-connections.js';

/**
 * Where this process's replies arrive. Pub/sub, not a list: one PUBLISH per turn and caller, nothing to expire and
 * nothing left behind by a caller that died; a reply that met no subscriber is published again by its sender.
 */
export class ReplyChannel {
  readonly name: string;

  constructor(private readonly connections: RedisConnections) {
    this.name = replyChannelOf(connections.processName);
  }

  open(onReply: (reply: ReplyEnvelope) => void): void {
    this.connections.subscriber.subscribe(this.name, (message) => {
      for (const reply of decodeReplies(message)) onReply(reply);
    });
  }
}
