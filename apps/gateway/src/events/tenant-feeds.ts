import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { EventBell } from '@techze/transport';
import { EventFeedRepository } from './event-feed.repository.js';
import { TenantFeed } from './tenant-feed.js';

interface Used {
  readonly feed: Promise<TenantFeed>;
  users: number;
}

/** The feeds that this process reads: one for each tenant that has a stream here. */
@Injectable()
export class TenantFeeds implements OnModuleInit {
  private readonly used = new Map<string, Used>();
  private readonly logger: Logger;

  constructor(
    private readonly repository: EventFeedRepository,
    private readonly bell: EventBell,
    logger: Logger,
  ) {
    this.logger = logger.named('events');
  }

  onModuleInit(): void {
    this.bell.onRing((tenantId) => {
      // Why it could not be opened is told to whoever takes it.
      this.used.get(tenantId)?.feed.then(
        (feed) => feed.ring(),
        () => undefined,
      );
    });
  }

  /** Give it back as often as it was taken. @throws Problem when the database does not answer; then it was not taken */
  async take(tenantId: string): Promise<TenantFeed> {
    const known = this.used.get(tenantId);
    const used = known ?? { feed: TenantFeed.open(tenantId, this.repository, this.logger), users: 0 };
    used.users += 1;
    this.used.set(tenantId, used);
    try {
      return await used.feed;
    } catch (error) {
      if (this.used.get(tenantId) === used) this.used.delete(tenantId);
      throw error;
    }
  }

  giveBack(feed: TenantFeed): void {
    const used = this.used.get(feed.tenantId);
    if (!used) return;
    used.users -= 1;
    if (used.users > 0) return;
    this.used.delete(feed.tenantId);
    feed.stop();
  }
}
