import { type Problem } from '@techze/contracts';
import { RateLimiter, type Charge } from '@techze/limits';
import { continueTrace, Logger, runInContext } from '@techze/observability';
import { AccountThrottle } from './account-throttle.js';

describe('attempts to log in to one account', () => {
  let throttle: AccountThrottle;
  let charged: Charge[];

  beforeEach(() => {
    charged = [];
    // Redis is away: one gateway, by its own log.
    const limiter = new RateLimiter({ commands: {} } as never, Logger.to({ write: () => undefined }));
    const watched = {
      take: (charges: readonly Charge[]) => {
        charged.push(...charges);
        return limiter.take(charges);
      },
    } as RateLimiter;
    const rate = { limit: 10, windowMs: 60_000 };
    throttle = new AccountThrottle(watched, { default: rate, auth: rate, api_heavy: rate, diagnostics: rate });
  });

  const attempt = (ipAddress: string, email = 'ana@x.example') =>
    runInContext({ requestId: 'r', trace: continueTrace(undefined), deadline: 0, ipAddress }, () =>
      throttle.admit(email),
    ).then(
      () => 'admitted',
      (error: Problem) => error.code,
    );
  const attempts = async (count: number, ipAddress: string, email?: string) => {
    const answers: string[] = [];
    while (answers.length < count) answers.push(await attempt(ipAddress, email));
    return answers.filter((answer) => answer === 'admitted').length;
  };

  it('from one source are ten a minute, however often it asks, and keep nobody out who comes from another', async () => {
    expect(await attempts(200, '203.0.113.7')).toBe(10);
    expect(await attempt('198.51.100.1')).toBe('admitted');
  });

  it('from one IPv6 /64 are those of one source', async () => {
    expect(await attempts(6, '2001:db8:1:2::1')).toBe(6);
    expect(await attempts(6, '2001:db8:1:2:ffff::2')).toBe(4);
  });

  it('from everywhere are a hundred a minute, and of another account none of them', async () => {
    let admitted = 0;
    for (let source = 1; source <= 15; source += 1) admitted += await attempts(8, `198.51.100.${source}`);
    expect(admitted).toBe(100);
    expect(await attempt('198.51.100.200')).toBe('rate-limited');
    expect(await attempt('198.51.100.200', 'bob@x.example')).toBe('admitted');
  });

  it('are counted in one slot of a cluster, under no name that tells whose they are', async () => {
    await attempt('203.0.113.7', 'Ana@x.example');
    const tags = charged.map(({ key }) => /^\{(.+?)\}/.exec(key)?.[1]);
    expect(new Set(tags).size).toBe(1);
    expect(charged.map(({ key }) => key).join()).not.toMatch(/ana/i);
  });
});
