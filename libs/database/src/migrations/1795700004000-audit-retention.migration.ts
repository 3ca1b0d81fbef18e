import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

/**
 * Records and their seals in partitions, one a month (UTC), so that old ones go as a whole. What is there already becomes
 * the first one, up to the bound that was proved before: no row is moved, and none is read under the locks that this takes.
 * A record is as old as its seal, and both go together; heads stay.
 */
export class AuditRetention1795700004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(QUEUE);
    await runner.query(FUNCTIONS);
    for (const table of TABLES) await runner.query(partitioned(table));
    await runner.query('SELECT ensure_audit_partitions()');
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const SERVICES = 'svc_identity, svc_diagnostics, svc_ai, svc_automation, svc_analytics';

interface Partitioned {
  readonly name: string;
  readonly at: string;
  readonly index: string;
  readonly grants: string;
  readonly rowTrigger: string;
}

const TABLES: readonly Partitioned[] = [
  {
    name: 'audit_events',
    at: 'timestamp',
    index: 'CREATE INDEX audit_events_newest ON audit_events (tenant_id, timestamp DESC, id DESC);',
    grants: `GRANT INSERT ON audit_events TO ${SERVICES}; GRANT SELECT ON audit_events TO svc_identity, svc_automation;`,
    rowTrigger: `CREATE TRIGGER audit_events_await_seal AFTER INSERT ON audit_events
      FOR EACH ROW EXECUTE FUNCTION audit_events_await_seal();`,
  },
  {
    name: 'audit_seals',
    at: 'sealed_at',
    index: '',
    grants: 'GRANT SELECT, INSERT ON audit_seals TO svc_automation; GRANT SELECT ON audit_seals TO svc_identity;',
    rowTrigger: '',
  },
];

// When its record was written: with it the sealer finds the record in its month without a look into all others.
const QUEUE = `
  LOCK TABLE audit_events, audit_seals, audit_unsealed IN ACCESS EXCLUSIVE MODE;
  ALTER TABLE audit_unsealed ADD COLUMN recorded_at timestamptz;
  ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE audit_unsealed NO FORCE ROW LEVEL SECURITY;
  UPDATE audit_unsealed u SET recorded_at = e.timestamp FROM audit_events e
    WHERE e.tenant_id = u.tenant_id AND e.id = u.event_id;
  ALTER TABLE audit_unsealed FORCE ROW LEVEL SECURITY;
  ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
  CREATE OR REPLACE FUNCTION audit_events_await_seal() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      INSERT INTO public.audit_unsealed (tenant_id, event_id, recorded_at) VALUES (NEW.tenant_id, NEW.id, NEW.timestamp);
      RETURN NULL;
    END $$;`;

// Row security, grants and the triggers of statements are each partition's own affair; those of rows are inherited.
const partitioned = ({ name, at, index, grants, rowTrigger }: Partitioned) => `
  DO $$
    DECLARE
      bound timestamptz := (SELECT substring(pg_get_constraintdef(oid) FROM '''(.+)''') FROM pg_constraint
        WHERE conrelid = '${name}'::regclass AND conname = '${name}_first');
      first text := '${name}_' || to_char((bound - interval '1 day') AT TIME ZONE 'UTC', 'YYYYMM');
    BEGIN
      EXECUTE format('ALTER TABLE ${name} RENAME TO %I', first);
      EXECUTE format('ALTER INDEX ${name}_pkey RENAME TO %I', first || '_pkey');
      ${index && `EXECUTE format('ALTER INDEX ${name}_newest RENAME TO %I', first || '_newest');`}
      EXECUTE format('DROP POLICY ${name}_tenant_isolation ON %I', first);
      EXECUTE format('REVOKE ALL ON %I FROM ${SERVICES}', first);
      ${rowTrigger && `EXECUTE format('DROP TRIGGER ${name}_await_seal ON %I', first);`}

      EXECUTE format('CREATE TABLE ${name} (LIKE %I INCLUDING DEFAULTS) PARTITION BY RANGE (${at})', first);
      EXECUTE format('CREATE TABLE ${name}_default (LIKE %I INCLUDING DEFAULTS INCLUDING INDEXES)', first);
      ${index}
      EXECUTE format('ALTER TABLE ${name} ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', first, bound);
      EXECUTE format('ALTER TABLE %I DROP CONSTRAINT ${name}_first', first);
      ALTER TABLE ${name} ATTACH PARTITION ${name}_default DEFAULT;
    END $$;
  ${secured(name)}
  ${secured(`${name}_default`)}
  ${tenantIsolation(name)}
  ${grants}
  ${rowTrigger}
  ${[name, `${name}_default`]
    .map(
      (table) => `CREATE TRIGGER ${name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION ${name}_append_only();`,
    )
    .join('\n')}`;

/** Partitions are made so many months ahead: time to notice that nobody makes them. */
const AHEAD_MONTHS = 3;
/** No setting, and nobody who takes over a service, gets rid of younger records. */
const KEEP_DAYS_MIN = 30;

// Automation has no DDL: these two are all that it may do. Under FORCE not even the owner sees a row: off and on again, in
// one transaction, while nobody else can look. A lock that is not to be had at once is let go: there are months to try again.
const FUNCTIONS = `
  CREATE FUNCTION ensure_audit_partitions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      parent text;
      at text;
      month timestamptz;
      partition text;
      made integer := 0;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('audit partitions', 0));
      FOR parent, at, month IN
        SELECT kind.parent, kind.at, each FROM (VALUES ('audit_events', 'timestamp'), ('audit_seals', 'sealed_at')) AS kind (parent, at),
          -- From the newest on: also those that should have been made while nobody did.
          LATERAL (SELECT max(to_date(right(relname, 6), 'YYYYMM')) AS newest FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relname ~ ('^' || kind.parent || '_[0-9]{6}$')) made,
          generate_series(newest + interval '1 month', date_trunc('month', now()) + interval '${AHEAD_MONTHS} months', '1 month') each
      LOOP
        partition := parent || '_' || to_char(month, 'YYYYMM');
        EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING INDEXES)', partition, parent || '_default');
        EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, anon, authenticated', partition);
        EXECUTE format('ALTER TABLE public.%I NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER', parent || '_default');
        EXECUTE format(
          'WITH moved AS (DELETE FROM public.%I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO public.%I SELECT * FROM moved',
          parent || '_default', at, month, at, month + interval '1 month', partition);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER', parent || '_default');
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I FOR EACH STATEMENT EXECUTE FUNCTION public.%I()',
          parent || '_append_only', partition, parent || '_append_only');
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
          parent, partition, month, month + interval '1 month');
        made := made + 1;
      END LOOP;
      RETURN made;
    END $$;

  -- The oldest month, one a call. A record goes with its seal and never before it: one that was sealed in a later month, or waits still, moves to the
  -- default partition until then.
  CREATE FUNCTION drop_expired_audit(keep_days integer) RETURNS TABLE (month text, records bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
    AS $$
    DECLARE
      events text;
      seals text;
    BEGIN
      IF keep_days IS NULL OR keep_days < ${KEEP_DAYS_MIN} THEN
        RAISE EXCEPTION 'audit records are kept for at least ${KEEP_DAYS_MIN} days' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      PERFORM pg_advisory_xact_lock(hashtextextended('audit partitions', 0));
      SELECT right(c.relname, 6) INTO month FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.audit_seals'::regclass AND c.relname ~ '^audit_seals_[0-9]{6}$'
          AND to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' <= now() - make_interval(days => keep_days)
        ORDER BY 1 LIMIT 1;
      IF month IS NULL THEN
        RETURN;
      END IF;
      events := 'audit_events_' || month;
      seals := 'audit_seals_' || month;
      EXECUTE format('ALTER TABLE public.%I NO FORCE ROW LEVEL SECURITY', events);
      EXECUTE format('ALTER TABLE public.%I NO FORCE ROW LEVEL SECURITY', seals);
      EXECUTE format(
        'CREATE TEMP TABLE audit_stragglers ON COMMIT DROP AS SELECT e.* FROM public.%I e
         WHERE NOT EXISTS (SELECT FROM public.%I s WHERE s.tenant_id = e.tenant_id AND s.event_id = e.id)', events, seals);
      EXECUTE format('SELECT count(*) FROM public.%I', seals) INTO records;
      ALTER TABLE public.audit_events_default NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER;
      EXECUTE format(
        'DELETE FROM public.audit_events_default e USING public.%I s WHERE s.tenant_id = e.tenant_id AND s.event_id = e.id', seals);
      EXECUTE format('DROP TABLE public.%I, public.%I', events, seals);
      INSERT INTO public.audit_events_default SELECT * FROM pg_temp.audit_stragglers;
      DROP TABLE pg_temp.audit_stragglers;
      ALTER TABLE public.audit_events_default FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER;
      RETURN NEXT;
    END $$;

  REVOKE ALL ON FUNCTION ensure_audit_partitions(), drop_expired_audit(integer) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION ensure_audit_partitions(), drop_expired_audit(integer) TO svc_automation;`;
