import type { RedisConnection } from '@techze/transport';
import { verdictOf, type Charge, type Standing, type Verdict } from './charge.js';
import { PULSE, TAKE, type Script } from './redis-scripts.js';

/** Redis answers in less than a millisecond; one that hangs must not hold up anybody. */
const LIMIT_MS = 250;
/** A process whose pulse is older than this is gone. */
export const PULSE_LIFE_MS = 2_000;
const REPLICAS = 'tz:limits:replicas';

/** The logs that all replicas share. */
export class SharedLogs {
  constructor(private readonly connection: RedisConnection) {}

  /** One atomic call. Rejects when Redis is away, full or slow. */
  async take(charges: readonly Charge[]): Promise<Verdict> {
    const rates: string[] = [];
    for (const { rate } of charges) rates.push(String(rate.limit), String(rate.windowMs));
    const answer = await this.run<number[]>(
      TAKE,
      charges.map(({ key }) => `tz:limit:${key}`),
      rates,
    );
    const standings: Standing[] = charges.map((_charge, index) => ({
      remaining: answer[2 * index + 1] ?? 0,
      resetMs: answer[2 * index + 2] ?? 0,
    }));
    return verdictOf(answer[0] ? answer[0] - 1 : undefined, standings);
  }

  /** Says that this process lives. @returns how many do */
  pulse(name: string): Promise<number> {
    return this.run<number>(PULSE, [REPLICAS], [name, String(PULSE_LIFE_MS)]);
  }

  private async run<Reply>({ sha, text }: Script, keys: readonly string[], values: readonly string[]): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...values];
    try {
      return await this.connection.sendWithin<Reply>(LIMIT_MS, ['EVALSHA', sha, ...rest]);
    } catch (error) {
      // Redis was started, or its scripts were flushed, since.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.connection.sendWithin<Reply>(LIMIT_MS, ['EVAL', text, ...rest]);
    }
  }
}
