import type { StreamedEvent, StreamEndReason } from '@techze/contracts';
import type { FeedEvent } from './event-feed.repository.js';
import { formatPosition, type FeedPosition } from './feed-position.js';

/** A server-sent event: JSON has no line breaks of its own, so each is one `data` line. */
export function eventText({ position, type, occurred_at, data }: FeedEvent): string {
  const event: StreamedEvent = { id: position.eventId, type, occurred_at, data: { ...data } };
  return `id: ${formatPosition(position)}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** How long to wait before the next connection; and the first word of a stream, by which proxies let go of the headers. */
export function retryText(ms: number): string {
  return `retry: ${ms}\n\n`;
}

/** An id and nothing else: where to resume from, without any event. Together with a comment it is the heart-beat. */
export function heartbeatText(position: FeedPosition): string {
  return `: heart-beat\nid: ${formatPosition(position)}\n\n`;
}

/** What was asked for is not known any more: read anew what you show, and go on from here. */
export function resetText(position: FeedPosition): string {
  return `id: ${formatPosition(position)}\nevent: stream.reset\ndata: {}\n\n`;
}

export function endText(reason: StreamEndReason): string {
  return `event: stream.end\ndata: ${JSON.stringify({ reason })}\n\n`;
}
