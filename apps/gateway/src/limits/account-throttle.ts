import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { limitsConfig, RateLimiter, type LimitsConfig } from '@techze/limits';
import { refusal } from './limit.js';

/**
 * How often anybody may try to log in to one account, from wherever: guesses from many addresses are slow, too. It holds
 * for accounts that do not exist just the same, and nobody is locked out: a place comes free with every window.
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
    const verdict = await this.limiter.take([{ key: `{account:${account}}`, rate: this.rates.auth }]);
    if (!verdict.passed) throw refusal({ class: 'account' }, verdict.resetMs);
  }
}
