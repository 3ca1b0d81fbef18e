import { setImmediate } from 'node:timers/promises';
import { Logger } from '@techze/observability';
import type { EventBell } from '@techze/transport';
import type { EventFeedRepository } from './event-feed.repository.js';
import { TenantFeeds } from './tenant-feeds.js';

test('a database that fails while a tenant rings is told to whoever asked for the feed, and ends no process', async () => {
  let ring: (tenantId: string) => void = () => undefined;
  const bell = { onRing: (heard: typeof ring) => void (ring = heard) } as unknown as EventBell;
  let fail: (error: Error) => void = () => undefined;
  const repository = { newest: () => new Promise((_resolve, reject) => (fail = reject)) };
  const feeds = new TenantFeeds(
    repository as unknown as EventFeedRepository,
    bell,
    Logger.to({ write: () => undefined }),
  );
  feeds.onModuleInit();

  const rejections: unknown[] = [];
  const note = (reason: unknown) => void rejections.push(reason);
  process.on('unhandledRejection', note);
  try {
    const taken = feeds.take('tnt_a');
    ring('tnt_a');
    fail(new Error('down'));
    await expect(taken).rejects.toThrow('down');
    // Node looks for them between two turns of its loop.
    await setImmediate();
    await setImmediate();
    expect(rejections).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
