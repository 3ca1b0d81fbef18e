import { Injectable } from '@nestjs/common';
import type { Principal } from '@techze/contracts';
import { RedisConnections } from '@techze/transport';

/** For this long after a write a session reads what it wrote, on the primary: replicas are behind by milliseconds, not by this. */
const WINDOW_MS = 2_000;

/** Which sessions wrote a moment ago, known to every gateway. */
@Injectable()
export class RecentWrites {
  constructor(private readonly redis: RedisConnections) {}

  async note(principal: Principal): Promise<void> {
    await this.redis.commands.send(['SET', keyOf(principal), '1', 'PX', String(WINDOW_MS)]).catch(() => undefined);
  }

  /** Without an answer from Redis nobody knows: the primary is always right. */
  async has(principal: Principal): Promise<boolean> {
    try {
      return (await this.redis.commands.send<number>(['EXISTS', keyOf(principal)])) === 1;
    } catch {
      return true;
    }
  }
}

function keyOf(principal: Principal): string {
  const session =
    principal.kind === 'user' ? principal.sid : principal.kind === 'agent' ? principal.device_id : principal.service;
  return `tz:wrote:${principal.tenant_id}:${session}`;
}
