import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation, workerPolicy } from './tenant-table.js';

/** Requested diagnostics, the input of their verdicts, and the time-series that is drawn from them. */
export class Measurements1795400002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DIAGNOSTICS);
    await runner.query(TAGS);
    await runner.query(MEASUREMENTS);
    await runner.query(PARTITIONS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// A filter that keeps little would read all of a tenant's diagnostics to fill one page: each has an order of its own. What
// is rare among many, or seldom there at all, is in an index that holds no more than that.
const NEWEST = 'created_at DESC, id DESC';
const LISTS = `
  CREATE INDEX diagnostics_newest_of_type ON diagnostics (tenant_id, type, ${NEWEST});
  CREATE INDEX diagnostics_newest_of_band ON diagnostics (tenant_id, band, ${NEWEST});
  CREATE INDEX diagnostics_newest_not_completed ON diagnostics (tenant_id, status, ${NEWEST}) WHERE status <> 'completed';
  ${['info', 'warning', 'critical']
    .map(
      (severity) =>
        `CREATE INDEX diagnostics_newest_${severity} ON diagnostics (tenant_id, ${NEWEST}) WHERE '${severity}' = ANY (severities);`,
    )
    .join('\n  ')}`;

// readings: what was judged, small enough to judge again (previews, explanations). seen_at: what the diagnostics of a
// device are ordered by. requested ones have no evidence yet, so no time of collection.
const DIAGNOSTICS = `
  ALTER TABLE diagnostics
    ALTER COLUMN collected_at DROP NOT NULL,
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN clock_skew_ms double precision,
    ADD COLUMN readings json,
    ADD COLUMN requested_by text,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
  ALTER TABLE diagnostics ADD CONSTRAINT diagnostics_evidence_has_its_time
    CHECK (collected_at IS NOT NULL OR status IN ('requested', 'collecting', 'failed', 'cancelled', 'expired'));
  ${LISTS}
  CREATE INDEX diagnostics_expiring ON diagnostics (expires_at) WHERE status IN ('requested', 'collecting');
  ${workerPolicy('diagnostics', 'SELECT')}
  GRANT SELECT (tenant_id, id, status, expires_at) ON diagnostics TO svc_worker;
  GRANT UPDATE (type, collected_at, seen_at, clock_skew_ms, schema_version, agent, readings, expires_at, version, updated_at)
    ON diagnostics TO svc_diagnostics;`;

const OWN_DEVICE = `device_id = (select auth.jwt() ->> 'device_id')`;

// The tags of diagnostics once more, in the order of the lists: no index on a list of texts holds under row security.
// Under FORCE not even the owner sees the diagnostics that are there already: off, and on again.
const TAGS = `
  CREATE TABLE diagnostic_tags (
    tenant_id text NOT NULL,
    tag text NOT NULL,
    created_at timestamptz NOT NULL,
    diagnostic_id text NOT NULL,
    device_id text NOT NULL,
    PRIMARY KEY (tenant_id, diagnostic_id, tag),
    FOREIGN KEY (tenant_id, diagnostic_id) REFERENCES diagnostics (tenant_id, id) ON DELETE CASCADE
  );
  ALTER TABLE diagnostics NO FORCE ROW LEVEL SECURITY;
  INSERT INTO diagnostic_tags (tenant_id, tag, created_at, diagnostic_id, device_id)
    SELECT DISTINCT tenant_id, tag, created_at, id, device_id FROM diagnostics, unnest(tags) AS tag;
  ALTER TABLE diagnostics FORCE ROW LEVEL SECURITY;
  CREATE INDEX diagnostic_tags_newest ON diagnostic_tags (tenant_id, tag, created_at DESC, diagnostic_id DESC);
  ${secured('diagnostic_tags')}
  ${tenantIsolation('diagnostic_tags')}
  ${agentDevice('diagnostic_tags', OWN_DEVICE)}
  GRANT SELECT, INSERT, DELETE ON diagnostic_tags TO svc_diagnostics;`;

const MEASUREMENTS = `
  CREATE TABLE measurements (
    tenant_id text NOT NULL,
    device_id text NOT NULL,
    metric text NOT NULL,
    instance text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    value double precision NOT NULL,
    diagnostic_id text NOT NULL
  ) PARTITION BY RANGE (at);
  CREATE INDEX measurements_series ON measurements (tenant_id, device_id, metric, at);
  CREATE INDEX measurements_age ON measurements USING brin (at);
  ${secured('measurements')}
  ${tenantIsolation('measurements')}
  ${agentDevice('measurements', OWN_DEVICE)}
  GRANT SELECT, INSERT, DELETE ON measurements TO svc_diagnostics;
  GRANT SELECT ON measurements TO svc_ai, svc_automation, svc_analytics;

  CREATE TABLE measurements_default PARTITION OF measurements DEFAULT;
  ${secured('measurements_default')}`;

/** Raw samples are kept for this long (analytics.md); older ones live on in the rollups. */
const RAW_DAYS = 30;
/** Partitions are made so far ahead: time to notice that nobody makes them. */
const AHEAD_DAYS = 7;

// Services have no DDL: these two are all that they may do, and neither can be talked into touching anything else.
// Under FORCE the owner sees no row of the default partition either: off and on again, in one transaction, while nobody
// else can look. A lock that is not to be had at once is let go: there are days to try again.
const PARTITIONS = `
  CREATE FUNCTION ensure_measurements_partition(day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      partition text := 'measurements_' || to_char(day, 'YYYYMMDD');
      beginning timestamptz := day;
      ending timestamptz := day + 1;
    BEGIN
      IF day IS NULL OR day NOT BETWEEN current_date - ${RAW_DAYS} AND current_date + ${2 * AHEAD_DAYS} THEN
        RAISE EXCEPTION 'no partition is made for that day' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended('measurements partitions', 0));
      -- By a scan: waiting for that lock refreshes no cache of names.
      IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = partition) THEN
        RETURN false;
      END IF;
      EXECUTE format('CREATE TABLE public.%I (LIKE public.measurements INCLUDING DEFAULTS)', partition);
      EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, anon, authenticated', partition);
      ALTER TABLE public.measurements_default NO FORCE ROW LEVEL SECURITY;
      EXECUTE format(
        'WITH moved AS (DELETE FROM public.measurements_default WHERE at >= %L AND at < %L RETURNING *)
         INSERT INTO public.%I SELECT * FROM moved', beginning, ending, partition);
      ALTER TABLE public.measurements_default FORCE ROW LEVEL SECURITY;
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
      EXECUTE format('ALTER TABLE public.measurements ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        partition, beginning, ending);
      RETURN true;
    END $$;

  CREATE FUNCTION drop_expired_measurements() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      partition text;
      dropped integer := 0;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('measurements partitions', 0));
      FOR partition IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.measurements'::regclass AND c.relname ~ '^measurements_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - ${RAW_DAYS}
      LOOP
        EXECUTE format('DROP TABLE public.%I', partition);
        dropped := dropped + 1;
      END LOOP;
      ALTER TABLE public.measurements_default NO FORCE ROW LEVEL SECURITY;
      DELETE FROM public.measurements_default WHERE at < now() - interval '${RAW_DAYS} days';
      ALTER TABLE public.measurements_default FORCE ROW LEVEL SECURITY;
      RETURN dropped;
    END $$;

  REVOKE ALL ON FUNCTION ensure_measurements_partition(date), drop_expired_measurements() FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION ensure_measurements_partition(date), drop_expired_measurements() TO svc_worker;
  SELECT ensure_measurements_partition(day::date)
    FROM generate_series(now() AT TIME ZONE 'UTC' - interval '${RAW_DAYS} days', now() AT TIME ZONE 'UTC' + interval '${AHEAD_DAYS} days', interval '1 day') AS day;`;
