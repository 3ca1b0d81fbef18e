import { FRAME_FIELD, type RequestEnvelope } from './envelope.js';
import { SPLIT_FRAME } from './group-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import { BEGUN_FIELD, type StreamEntry, type StreamGroup } from './stream-entry.js';

/**
 * Takes a frame apart whose consumer died: one of its requests may have killed it, and must not take its neighbours along
 * again and again.
 */
export class FrameSplitter {
  constructor(
    private readonly connection: RedisConnection,
    private readonly stream: StreamGroup,
  ) {}

  /** Puts each request back by itself, and the frame away. @throws when Redis is away: the frame then stays pending */
  async split(entry: StreamEntry, requests: readonly RequestEnvelope[]): Promise<void> {
    const { key, group } = this.stream;
    const begun = String(entry.deliveries - 1);
    const parts = requests.map((request) => JSON.stringify(request));
    await this.connection.send([
      'EVAL',
      SPLIT_FRAME,
      '1',
      key,
      group,
      entry.id,
      FRAME_FIELD,
      BEGUN_FIELD,
      begun,
      ...parts,
    ]);
  }
}
