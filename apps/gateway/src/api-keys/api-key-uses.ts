import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { newUuid, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { continueTrace, Logger, runInContext } from '@techze/observability';

type Key = Extract<Principal, { kind: 'api_key' }>;

/** When a key was last used is told to about a minute. */
const EVERY_MS = 60_000;
const LIMIT_MS = 5_000;
/** A primary that hangs is not waited for by more than these. */
const AT_ONCE = 8;
const KEYS_MAX = 50_000;

/** Notes when and from where keys were last used. No request waits for it, and none fails for it. */
@Injectable()
export class ApiKeyUses implements BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly notedAtMs = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    this.logger = logger.named('api-keys');
  }

  note({ tenant_id, key_id }: Key, address: string): void {
    const now = Date.now();
    const before = this.notedAtMs.get(key_id);
    if ((before !== undefined && now - before < EVERY_MS) || this.underWay.size >= AT_ONCE) return;
    if (this.notedAtMs.size >= KEYS_MAX) this.notedAtMs.clear();
    this.notedAtMs.set(key_id, now);
    const noted = this.write(tenant_id, key_id, address, new Date(now))
      .catch((err: unknown) => this.logger.debug('the use of an API key was not noted', { key_id, err }))
      .finally(() => this.underWay.delete(noted));
    this.underWay.add(noted);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** In a context of its own: the request has its deadline, and nothing that it reads depends on this. */
  private write(tenantId: string, keyId: string, address: string, at: Date): Promise<void> {
    const context = { requestId: newUuid(), trace: continueTrace(undefined), deadline: Date.now() + LIMIT_MS };
    const session = { role: 'service', claims: { tenant_id: tenantId, role: 'admin' } } as const;
    return runInContext(context, () =>
      this.database.as(session).write(async (manager) => {
        await manager.query(
          `update api_keys set last_used_at = $3, last_used_address = $4
           where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)`,
          [tenantId, keyId, at, address],
        );
      }),
    );
  }
}
