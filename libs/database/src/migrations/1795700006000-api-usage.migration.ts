import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

/** What each tenant asked of which route in which minute. The gateway writes it, analytics reads it. */
export class ApiUsage1795700006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query(RECORD);
    await runner.query(PARTITIONS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// A row is what one gateway counted (part: which, and from when on); the whole of a minute is the sum of its parts.
// Requests include all others: client_errors are 4xx but for 429, which are rejected; whose caller went away are aborted,
// and so is every stream that its reader leaves. Times are of those that were answered, without streams.
const TABLE = `
  CREATE TABLE api_usage (
    tenant_id text NOT NULL,
    minute timestamptz NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    part uuid NOT NULL,
    requests integer NOT NULL,
    client_errors integer NOT NULL,
    rejected integer NOT NULL,
    server_errors integer NOT NULL,
    aborted integer NOT NULL,
    timed integer NOT NULL,
    total_ms double precision NOT NULL,
    min_ms double precision,
    max_ms double precision,
    sketch bytea NOT NULL,
    PRIMARY KEY (tenant_id, minute, method, route, part)
  ) PARTITION BY RANGE (minute);
  ${secured('api_usage')}
  ${tenantIsolation('api_usage')}
  GRANT SELECT, INSERT ON api_usage TO svc_identity;
  GRANT UPDATE (requests, client_errors, rejected, server_errors, aborted, timed, total_ms, min_ms, max_ms, sketch)
    ON api_usage TO svc_identity;
  GRANT SELECT ON api_usage TO svc_analytics;

  CREATE TABLE api_usage_default PARTITION OF api_usage DEFAULT;
  ${secured('api_usage_default')}`;

// Many tenants in one statement, each within its own claims and so under its own policy: nobody's rights reach across
// tenants for it. A part that is written again is what it is now, not the sum: whoever does not know whether it was
// written writes it again.
const RECORD = `
  CREATE FUNCTION record_api_usage(batch jsonb) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      tenant text;
      parts jsonb;
    BEGIN
      FOR tenant, parts IN SELECT key, value FROM jsonb_each(batch) LOOP
        PERFORM set_config('request.jwt.claims', jsonb_build_object('tenant_id', tenant, 'role', 'worker')::text, true);
        INSERT INTO public.api_usage AS known
          SELECT tenant, p.minute, p.method, p.route, p.part, p.requests, p.client_errors, p.rejected, p.server_errors,
            p.aborted, p.timed, p.total_ms, p.min_ms, p.max_ms, decode(p.sketch, 'base64')
          FROM jsonb_to_recordset(parts) AS p (minute timestamptz, method text, route text, part uuid, requests integer,
            client_errors integer, rejected integer, server_errors integer, aborted integer, timed integer,
            total_ms double precision, min_ms double precision, max_ms double precision, sketch text)
        ON CONFLICT (tenant_id, minute, method, route, part) DO UPDATE
          SET (requests, client_errors, rejected, server_errors, aborted, timed, total_ms, min_ms, max_ms, sketch)
            = (excluded.requests, excluded.client_errors, excluded.rejected, excluded.server_errors, excluded.aborted,
               excluded.timed, excluded.total_ms, excluded.min_ms, excluded.max_ms, excluded.sketch);
      END LOOP;
    END $$;
  REVOKE ALL ON FUNCTION record_api_usage(jsonb) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION record_api_usage(jsonb) TO svc_identity;`;

/** A quarter; what it came to longer ago is for rollups to tell. */
const KEPT_DAYS = 90;
/** Partitions are made so far ahead: time to notice that nobody makes them. */
const AHEAD_WEEKS = 2;

// As those of measurements, a week each: a row here is a minute, not a sample.
const PARTITIONS = `
  CREATE FUNCTION ensure_api_usage_partition(week date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      partition text := 'api_usage_' || to_char(week, 'YYYYMMDD');
      beginning timestamptz := week;
      ending timestamptz := week + 7;
    BEGIN
      IF week IS NULL OR extract(isodow FROM week) <> 1
        OR week NOT BETWEEN current_date - ${KEPT_DAYS + 6} AND current_date + ${7 * (AHEAD_WEEKS + 1)} THEN
        RAISE EXCEPTION 'no partition is made for that week' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended('api_usage partitions', 0));
      IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = partition) THEN
        RETURN false;
      END IF;
      EXECUTE format('CREATE TABLE public.%I (LIKE public.api_usage INCLUDING DEFAULTS)', partition);
      EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, anon, authenticated', partition);
      ALTER TABLE public.api_usage_default NO FORCE ROW LEVEL SECURITY;
      EXECUTE format(
        'WITH moved AS (DELETE FROM public.api_usage_default WHERE minute >= %L AND minute < %L RETURNING *)
         INSERT INTO public.%I SELECT * FROM moved', beginning, ending, partition);
      ALTER TABLE public.api_usage_default FORCE ROW LEVEL SECURITY;
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
      EXECUTE format('ALTER TABLE public.api_usage ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        partition, beginning, ending);
      RETURN true;
    END $$;

  CREATE FUNCTION drop_expired_api_usage() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      partition text;
      dropped integer := 0;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('api_usage partitions', 0));
      FOR partition IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.api_usage'::regclass AND c.relname ~ '^api_usage_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') + 7 <= current_date - ${KEPT_DAYS}
      LOOP
        EXECUTE format('DROP TABLE public.%I', partition);
        dropped := dropped + 1;
      END LOOP;
      ALTER TABLE public.api_usage_default NO FORCE ROW LEVEL SECURITY;
      DELETE FROM public.api_usage_default WHERE minute < now() - interval '${KEPT_DAYS} days';
      ALTER TABLE public.api_usage_default FORCE ROW LEVEL SECURITY;
      RETURN dropped;
    END $$;

  REVOKE ALL ON FUNCTION ensure_api_usage_partition(date), drop_expired_api_usage() FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION ensure_api_usage_partition(date), drop_expired_api_usage() TO svc_worker;
  SELECT ensure_api_usage_partition((date_trunc('week', now() AT TIME ZONE 'UTC') + ahead * interval '1 week')::date)
    FROM generate_series(0, ${AHEAD_WEEKS}) AS ahead;`;
