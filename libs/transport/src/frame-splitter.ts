import { FRAME_FIELD, type RequestEnvelope } from './envelope.js';
import { SPLIT_FRAME } from './group-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import { BEGUN_FIELD, type StreamEntry, type StreamGroup } from './stream-entry.js';

/** A frame that is delivered again is taken apart, never worked on: however often that was tried, it was begun once at most. */
const BEGUN_ONCE = '1';

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
      BEGUN_ONCE,
      ...parts,
    ]);
  }
}
