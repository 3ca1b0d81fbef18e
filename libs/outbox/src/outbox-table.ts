import { Inject, Injectable } from '@nestjs/common';
import { Database, type DatabaseSession } from '@techze/database';
import { OUTBOX_OPTIONS, type OutboxOptions } from './outbox-options.js';

/** A row that one relay holds until its next attempt is due. */
export interface ClaimedEvent {
  /** Order of the inserts; a bigint, so text. */
  readonly id: string;
  readonly tenant_id: string;
  readonly event_id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly traceparent: string | null;
  readonly created_at: Date;
  /** With this one; from 1. */
  readonly attempts: number;
  /** Services whose inbox holds it. */
  readonly taken_by: readonly string[];
}

const PENDING_COUNTED_MAX = 10_000;
const INBOX_KEPT_DAYS = 7;

/** The relay's SQL, across tenants. */
@Injectable()
export class OutboxTable {
  private readonly worker: DatabaseSession;
  private readonly knownTypes: readonly string[];

  constructor(database: Database, @Inject(OUTBOX_OPTIONS) { events }: OutboxOptions) {
    this.worker = database.as({ role: 'worker', claims: { worker: 'relay' } });
    this.knownTypes = events.map(({ type }) => type);
  }

  /**
   * Takes rows that were never published, in the order they were written, and puts their next attempt off by 5 s.
   * A relay that dies now delays its rows by that, and loses none. Other relays pass them over.
   */
  claimNew(limit: number): Promise<ClaimedEvent[]> {
    return this.claim(CLAIM_NEW, limit);
  }

  /** Takes rows whose next attempt is due and puts the one after that off by 10, 20, 40 and from then on 60 s. */
  claimDue(limit: number): Promise<ClaimedEvent[]> {
    return this.claim(CLAIM_DUE, limit);
  }

  /** Gives rows back as new: this attempt did not happen. */
  async release(events: readonly ClaimedEvent[]): Promise<void> {
    await this.worker.write((manager) => manager.query(RELEASE, keysOf(events)));
  }

  /** Forgets rows that every consumer took. */
  async finish(events: readonly ClaimedEvent[]): Promise<void> {
    await this.worker.write((manager) => manager.query(FINISH, keysOf(events)));
  }

  /** Events not taken by everybody yet, counted up to 10,000. */
  async pending(): Promise<number> {
    const [row] = await this.worker.read((manager) =>
      manager.query<{ pending: number }[]>(PENDING, [PENDING_COUNTED_MAX]),
    );
    return row?.pending ?? 0;
  }

  /** Kinds of waiting events that this release does not know: a newer one wrote them and will deliver them. */
  async unknownTypes(): Promise<string[]> {
    const rows = await this.worker.read((manager) => manager.query<{ type: string }[]>(UNKNOWN, [this.knownTypes]));
    return rows.map(({ type }) => type);
  }

  /** Forgets old inbox rows, at most `limit`, but none whose event is still in the outbox. @returns how many */
  async purgeInbox(limit: number): Promise<number> {
    const [, purged] = await this.worker.write((manager) =>
      manager.query<[unknown[], number]>(PURGE_INBOX, [INBOX_KEPT_DAYS, limit]),
    );
    return purged;
  }

  /** Makes the partitions of the event feed ahead and drops those beyond retention. */
  async keepFeed(): Promise<void> {
    await this.worker.write((manager) => manager.query(ENSURE_FEED));
    await this.worker.write((manager) => manager.query(DROP_FEED));
  }

  private async claim(sql: string, limit: number): Promise<ClaimedEvent[]> {
    const [rows] = await this.worker.write((manager) =>
      manager.query<[ClaimedEvent[], number]>(sql, [this.knownTypes, limit]),
    );
    return rows.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }
}

function keysOf(events: readonly ClaimedEvent[]): [string[], string[]] {
  return [events.map(({ tenant_id }) => tenant_id), events.map(({ id }) => id)];
}

const claim = (rows: string) => `
  WITH claimed AS (SELECT tenant_id, id FROM outbox WHERE type = ANY($1) AND ${rows} LIMIT $2 FOR UPDATE SKIP LOCKED)
  UPDATE outbox o SET published_at = now(), attempts = attempts + 1 FROM claimed
  WHERE o.tenant_id = claimed.tenant_id AND o.id = claimed.id
  RETURNING o.id, o.tenant_id, o.event_id, o.type, o.payload, o.traceparent, o.created_at, o.attempts,
    ARRAY(SELECT consumer FROM inbox i WHERE i.tenant_id = o.tenant_id AND i.event_id = o.event_id) AS taken_by`;
const CLAIM_NEW = claim('published_at IS NULL ORDER BY id');
// The first condition says nothing that the second does not; it is there for the index.
const CLAIM_DUE = claim(`published_at <= now() - interval '5 seconds'
  AND published_at <= now() - make_interval(secs => least(5 * 2 ^ (least(attempts, 5) - 1), 60)) ORDER BY published_at`);
const LISTED = '(tenant_id, id) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))';
const RELEASE = `UPDATE outbox SET published_at = NULL, attempts = attempts - 1 WHERE ${LISTED}`;
const FINISH = `DELETE FROM outbox WHERE ${LISTED}`;
const PENDING = 'SELECT count(*)::int AS pending FROM (SELECT FROM outbox LIMIT $1) counted';
const UNKNOWN = 'SELECT DISTINCT type FROM outbox WHERE type <> ALL($1) LIMIT 100';
const PURGE_INBOX = `
  DELETE FROM inbox WHERE (tenant_id, event_id, consumer) IN (
    SELECT tenant_id, event_id, consumer FROM inbox i
    WHERE processed_at < now() - make_interval(days => $1)
      AND NOT EXISTS (SELECT FROM outbox o WHERE o.tenant_id = i.tenant_id AND o.event_id = i.event_id)
    LIMIT $2)`;
// What is there already costs nothing but the question.
const ENSURE_FEED = `
  SELECT ensure_event_feed_partition(day)
  FROM (SELECT (now() AT TIME ZONE 'UTC')::date + ahead AS day FROM generate_series(0, 3) AS ahead) days
  WHERE to_regclass('public.event_feed_' || to_char(day, 'YYYYMMDD')) IS NULL`;
const DROP_FEED = 'SELECT drop_expired_event_feed()';
