import { Injectable } from '@nestjs/common';
import { nameOf, type Principal } from '@techze/contracts';
import { END_OF_LOG, Logger, sortableLsn, type RequestContext } from '@techze/observability';
import { RedisConnections } from '@techze/transport';

/** No replica that is further behind than a few seconds is read: by then all that are have what the session wrote. */
const KEPT_MS = 60_000;
/** Redis answers in less than a millisecond; one that hangs must not hold up who does not need it. */
const LIMIT_MS = 250;

/**
 * KEYS: of the session; ARGV: LSN, how long to keep it. Requests of one session end in any order and on any gateway: what
 * is noted never goes back. LSNs of one length compare as texts.
 */
const NOTE = `local known = redis.call('GET', KEYS[1])
if known and known > ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;

/** The newest commit of every session that wrote a while ago, known to all gateways: what its reads must see. */
@Injectable()
export class SessionWrites {
  private readonly logger: Logger;

  constructor(
    private readonly redis: RedisConnections,
    logger: Logger,
  ) {
    this.logger = logger.named('session-writes');
  }

  /** Never rejects: what was done is done, whether or not the session's next read will see it. */
  async note(principal: Principal, lsn: string): Promise<void> {
    const key = keyOf(principal);
    // On a key of its own: it ends after a minute, however often the session writes meanwhile.
    const command =
      lsn === END_OF_LOG
        ? ['SET', unknownOf(key), '1', 'PX', String(KEPT_MS)]
        : ['EVAL', NOTE, '1', key, sortableLsn(lsn), String(KEPT_MS)];
    try {
      await this.redis.commands.sendWithin(LIMIT_MS, command);
    } catch (error) {
      this.logger.warn('a commit could not be noted for its session', { reason: String(error) });
    }
  }

  /** Where the session may read. Without an answer from Redis nobody knows: the primary is always right. */
  async readingOf(principal: Principal): Promise<Pick<RequestContext, 'readAfter' | 'readPrimary'>> {
    try {
      const key = keyOf(principal);
      const command = ['MGET', key, unknownOf(key)];
      const [lsn, unknown] = await this.redis.commands.sendWithin<(string | null)[]>(LIMIT_MS, command);
      if (unknown) return { readAfter: END_OF_LOG };
      return lsn ? { readAfter: lsn } : {};
    } catch {
      return { readPrimary: true };
    }
  }
}

function keyOf(principal: Principal): string {
  const session = principal.kind === 'user' ? principal.sid : nameOf(principal);
  return `tz:session-wrote:${principal.tenant_id}:${session}`;
}

/** Is there while something of the session may have been written, nobody knows where in the log. */
function unknownOf(key: string): string {
  return `${key}:unknown`;
}
