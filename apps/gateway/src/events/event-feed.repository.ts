import { Injectable } from '@nestjs/common';
import { Database } from '@techze/database';
import { beginning, isBeginning, type FeedPosition } from './feed-position.js';
import { inOwnContext } from './own-context.js';

/** An event as the feed has it. */
export interface FeedEvent {
  readonly position: FeedPosition;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurred_at: string;
}

/** What comes after a position. */
export interface FeedPage {
  /** In order, from right behind the position; none is ever put in between or before. */
  readonly events: readonly FeedEvent[];
  /** There is more already. */
  readonly more: boolean;
  /** There are events whose place is not certain yet: transactions that began before theirs still run. */
  readonly unsettled: boolean;
  /**
   * `found`: the position's own event is there. `gone`: it is not, on the primary: nobody can say what came after it.
   * `unknown`: it is not there on a replica, which may not have heard of it yet.
   */
  readonly anchor: 'found' | 'gone' | 'unknown';
}

export const PAGE_EVENTS = 100;
/** Nobody waits for a page: who reads the feed tries again. */
const LIMIT_MS = 5_000;

interface Row {
  readonly replica: boolean;
  readonly xact: string | null;
  readonly event_id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
  readonly settled: boolean;
}

/**
 * The feed as rows. Only events of transactions below the oldest that still runs are read: nothing will ever be committed
 * among those, so that a position is passed once and for good.
 */
@Injectable()
export class EventFeedRepository {
  constructor(private readonly database: Database) {}

  /** The position behind everything that is settled. */
  async newest(tenantId: string): Promise<FeedPosition> {
    const [row] = await this.read<{ xact: string; event_id: string }>(tenantId, NEWEST, [tenantId]);
    return row ? { xact: BigInt(row.xact), eventId: row.event_id } : beginning(Date.now());
  }

  async pageAfter(tenantId: string, position: FeedPosition): Promise<FeedPage> {
    const { xact, eventId } = position;
    const rows = await this.read<Row>(tenantId, PAGE, [tenantId, xact.toString(), eventId, PAGE_EVENTS + 1]);
    const [first] = rows;
    const there = rows.filter((row) => row.xact !== null);
    const found = there[0]?.xact === xact.toString() && there[0].event_id === eventId;
    const after = found ? there.slice(1) : there;
    const settled = after.filter((row) => row.settled);
    return {
      events: settled.map(toEvent),
      more: settled.length === after.length && there.length > PAGE_EVENTS,
      unsettled: settled.length < after.length,
      anchor: found || isBeginning(position) ? 'found' : first?.replica ? 'unknown' : 'gone',
    };
  }

  private read<Result extends object>(tenantId: string, sql: string, values: unknown[]): Promise<Result[]> {
    return inOwnContext(LIMIT_MS, () =>
      this.database
        .as({ role: 'service', claims: { tenant_id: tenantId, role: 'viewer' } })
        .read((manager) => manager.query<Result[]>(sql, values)),
    );
  }
}

function toEvent({ xact, event_id, type, data, created_at }: Row): FeedEvent {
  return {
    position: { xact: BigInt(xact ?? 0), eventId: event_id },
    type,
    data,
    occurred_at: created_at.toISOString(),
  };
}

const OLDEST_RUNNING = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint';
const NEWEST = `
  SELECT xact::text, event_id FROM event_feed
  WHERE tenant_id = $1 AND xact < ${OLDEST_RUNNING} ORDER BY xact DESC, event_id DESC LIMIT 1`;
// From the position's own event on: that it is there proves that this is the history which the position is of.
const PAGE = `
  SELECT node.replica, page.xact::text, page.event_id, page.type, page.data, page.created_at,
    page.xact < node.oldest_running AS settled
  FROM (SELECT pg_is_in_recovery() AS replica, ${OLDEST_RUNNING} AS oldest_running) node
  LEFT JOIN LATERAL (
    SELECT xact, event_id, type, data, created_at FROM event_feed
    WHERE tenant_id = $1 AND (xact, event_id) >= ($2::bigint, $3) ORDER BY xact, event_id LIMIT $4
  ) page ON true
  ORDER BY page.xact, page.event_id`;
