import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

const WRITERS = 'svc_diagnostics, svc_ai, svc_automation, svc_analytics';

/** What people of a tenant are shown as it happens: written with the outbox row, read in order of commit by every gateway. */
export class EventFeed1795700005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FEED);
    await runner.query(PARTITIONS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// xact: the writing transaction. No identity says what was committed after what; but below the oldest transaction that
// still runs nothing is added any more, so what is there is there for good, and in this order. As bigint, because its
// operators may be used under row security (xid8's may not); as C, so that the order is also the reader's.
const FEED = `
  CREATE TABLE event_feed (
    tenant_id text NOT NULL,
    xact bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    event_id text COLLATE "C" NOT NULL,
    type text NOT NULL,
    data json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, xact, event_id, created_at)
  ) PARTITION BY RANGE (created_at);
  ${secured('event_feed')}
  ${tenantIsolation('event_feed')}
  GRANT INSERT ON event_feed TO ${WRITERS};
  GRANT SELECT ON event_feed TO svc_identity;

  CREATE TABLE event_feed_default PARTITION OF event_feed DEFAULT;
  ${secured('event_feed_default')}`;

/** Whoever was away for three days resumes without a gap; a day more, because a day is dropped as a whole. */
const KEPT_DAYS = 4;
/** Partitions are made so far ahead: time to notice that nobody makes them. */
const AHEAD_DAYS = 3;

// As those of the measurements: the default partition is emptied of what belongs into a new one.
const PARTITIONS = `
  CREATE FUNCTION ensure_event_feed_partition(day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      partition text := 'event_feed_' || to_char(day, 'YYYYMMDD');
      beginning timestamptz := day;
      ending timestamptz := day + 1;
    BEGIN
      IF day IS NULL OR day NOT BETWEEN current_date AND current_date + ${2 * AHEAD_DAYS} THEN
        RAISE EXCEPTION 'no partition is made for that day' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended('event feed partitions', 0));
      -- By a scan: waiting for that lock refreshes no cache of names.
      IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = partition) THEN
        RETURN false;
      END IF;
      EXECUTE format('CREATE TABLE public.%I (LIKE public.event_feed INCLUDING DEFAULTS)', partition);
      EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, anon, authenticated', partition);
      ALTER TABLE public.event_feed_default NO FORCE ROW LEVEL SECURITY;
      EXECUTE format(
        'WITH moved AS (DELETE FROM public.event_feed_default WHERE created_at >= %L AND created_at < %L RETURNING *)
         INSERT INTO public.%I SELECT * FROM moved', beginning, ending, partition);
      ALTER TABLE public.event_feed_default FORCE ROW LEVEL SECURITY;
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
      EXECUTE format('ALTER TABLE public.event_feed ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        partition, beginning, ending);
      RETURN true;
    END $$;

  CREATE FUNCTION drop_expired_event_feed() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      partition text;
      dropped integer := 0;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('event feed partitions', 0));
      FOR partition IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.event_feed'::regclass AND c.relname ~ '^event_feed_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - ${KEPT_DAYS}
      LOOP
        EXECUTE format('DROP TABLE public.%I', partition);
        dropped := dropped + 1;
      END LOOP;
      ALTER TABLE public.event_feed_default NO FORCE ROW LEVEL SECURITY;
      DELETE FROM public.event_feed_default WHERE created_at < now() - interval '${KEPT_DAYS} days';
      ALTER TABLE public.event_feed_default FORCE ROW LEVEL SECURITY;
      RETURN dropped;
    END $$;

  REVOKE ALL ON FUNCTION ensure_event_feed_partition(date), drop_expired_event_feed() FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION ensure_event_feed_partition(date), drop_expired_event_feed() TO svc_worker;
  SELECT ensure_event_feed_partition((now() AT TIME ZONE 'UTC')::date + ahead)
    FROM generate_series(0, ${AHEAD_DAYS}) AS ahead;`;
