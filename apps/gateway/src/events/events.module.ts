import { Module } from '@nestjs/common';
import { IdentityModule } from '../auth/identity.module.js';
import { EventFeedRepository } from './event-feed.repository.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';
import { TenantFeeds } from './tenant-feeds.js';

/** What people of a tenant see as it happens. */
@Module({
  imports: [IdentityModule],
  controllers: [EventsController],
  providers: [EventFeedRepository, TenantFeeds, EventStreams],
})
export class EventsModule {}
