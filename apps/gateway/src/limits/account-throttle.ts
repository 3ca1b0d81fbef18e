import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { limitsConfig, RateLimiter, times, type LimitsConfig } from '@techze/limits';
import { currentContext } from '@techze/observability';
import { refusal } from './limit.js';
import { sourceOf } from './source.js';

/** So many sources have to try one account, each as often as it may, before another one finds no place there. */
const SOURCES = 10;

/**
 * How often anybody may try to log in to one account: so often from one source, ten times as often from all of them.
 * Guesses from many addresses are slow, too, and no single one keeps the person out. It holds for accounts that do not
 * exist just the same, and nobody is locked out: a place comes free with every window.
 */
@Injectable()
export class AccountThrottle {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(limitsConfig.token) private readonly rates: LimitsConfig,
  ) {}

  /** @throws Problem `rate-limited` */
  async admit(email: string): Promise<void> {
    const account = createHash('sha256').update(email.toLowerCase()).digest('base64url');
    const key = `{account:${account}}`;
    const source = sourceOf(currentContext()?.ipAddress ?? '') ?? 'unknown';
    const verdict = await this.limiter.take([
      { key: `${key}:${source}`, rate: this.rates.auth },
      { key, rate: times(SOURCES, this.rates.auth) },
    ]);
    if (!verdict.passed) throw refusal({ class: 'account' }, verdict.resetMs);
  }
}
