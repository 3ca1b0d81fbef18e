import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation, workerPolicy } from './tenant-table.js';

/** What becomes of a finding: its transitions, who knows of it, what mutes it, and the limits it is judged by. */
export class FindingsLife1795400001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FINDINGS);
    await runner.query(THRESHOLDS);
    await runner.query(MAINTENANCE);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const OWN_DEVICE = `device_id = (select auth.jwt() ->> 'device_id')`;

/** A device's own diagnostics are judged by rules that it may read, but never write; those of another device are hidden. */
function readByAgents(table: string): string {
  const people = `(select auth.jwt() ->> 'role') IS DISTINCT FROM 'agent'`;
  return `
    CREATE POLICY ${table}_agent_reads ON ${table} AS RESTRICTIVE FOR SELECT TO authenticated
      USING (${people} OR device_id IS NULL OR ${OWN_DEVICE});
    CREATE POLICY ${table}_agent_inserts ON ${table} AS RESTRICTIVE FOR INSERT TO authenticated WITH CHECK (${people});
    CREATE POLICY ${table}_agent_updates ON ${table} AS RESTRICTIVE FOR UPDATE TO authenticated USING (${people});
    CREATE POLICY ${table}_agent_deletes ON ${table} AS RESTRICTIVE FOR DELETE TO authenticated USING (${people});`;
}

// samples: the last values with their times, which the trend is told from. changes: when it last came and went, for flap
// damping. consecutive: sights in a row, for fails_before_alert. alerted_at, alerted_severity: since when, and as how bad,
// the world outside was told that it is open; null while it was not, or was told that it is over. resolved_at: the last
// time, also while it is open again.
const FINDINGS = `
  ALTER TABLE findings
    ADD COLUMN instance text,
    ADD COLUMN opened_at timestamptz,
    ADD COLUMN resolved_at timestamptz,
    ADD COLUMN alerted_at timestamptz,
    ADD COLUMN alerted_severity text,
    ADD COLUMN consecutive integer NOT NULL DEFAULT 1,
    ADD COLUMN flapping boolean NOT NULL DEFAULT false,
    ADD COLUMN changes json NOT NULL DEFAULT '[]',
    ADD COLUMN samples json NOT NULL DEFAULT '[]',
    ADD COLUMN acknowledgement json,
    ADD COLUMN acknowledged_until timestamptz,
    ADD COLUMN suppressed_by text,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
  CREATE INDEX findings_newest ON findings (tenant_id, created_at DESC, id DESC);
  CREATE INDEX findings_unresolved ON findings (tenant_id, device_id) WHERE state <> 'resolved';
  CREATE INDEX findings_acknowledged_until ON findings (acknowledged_until)
    WHERE acknowledged_until IS NOT NULL AND state = 'acknowledged';
  ${workerPolicy('findings', 'SELECT')}
  GRANT SELECT (tenant_id, id, state, acknowledged_until) ON findings TO svc_worker;
  GRANT UPDATE (instance, opened_at, resolved_at, alerted_at, alerted_severity, consecutive, flapping, changes, samples,
    acknowledgement, acknowledged_until, suppressed_by, version, updated_at) ON findings TO svc_diagnostics;

  -- Append-only: what a finding went through, why, by whom (null: a diagnostic or the clock), and what that person said.
  CREATE TABLE finding_transitions (
    tenant_id text NOT NULL,
    id text NOT NULL,
    finding_id text NOT NULL,
    device_id text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    severity text NOT NULL,
    reason text NOT NULL,
    note text,
    actor text,
    diagnostic_id text,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX finding_transitions_newest ON finding_transitions (tenant_id, finding_id, id DESC);
  ${secured('finding_transitions')}
  ${tenantIsolation('finding_transitions')}
  ${agentDevice('finding_transitions', OWN_DEVICE)}
  GRANT SELECT, INSERT ON finding_transitions TO svc_diagnostics;
  GRANT SELECT ON finding_transitions TO svc_ai, svc_automation, svc_analytics;`;

// fails_before_alert and enabled are null where the wider scope decides, as are levels that are not named. target: what it
// holds for; ids of sites and devices never coincide. One index for both: one override a check and target, and what
// concerns a device in one look. (A column of its own: under row security an index on coalesce() is not used.)
const THRESHOLDS = `
  CREATE TABLE thresholds (
    tenant_id text NOT NULL,
    id text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('tenant', 'site', 'device')),
    site_id text,
    device_id text,
    target text NOT NULL GENERATED ALWAYS AS (coalesce(device_id, site_id, '')) STORED,
    code text NOT NULL,
    levels json NOT NULL,
    fails_before_alert integer CHECK (fails_before_alert BETWEEN 1 AND 100),
    enabled boolean,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CHECK ((scope = 'site') = (site_id IS NOT NULL)),
    CHECK ((scope = 'device') = (device_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
  );
  CREATE UNIQUE INDEX thresholds_one_a_target ON thresholds (tenant_id, target, code);
  CREATE INDEX thresholds_newest ON thresholds (tenant_id, created_at DESC, id DESC);
  CREATE INDEX thresholds_site ON thresholds (tenant_id, site_id);
  CREATE INDEX thresholds_device ON thresholds (tenant_id, device_id);
  ${secured('thresholds')}
  ${tenantIsolation('thresholds')}
  ${readByAgents('thresholds')}
  GRANT SELECT, INSERT, DELETE, UPDATE (levels, fails_before_alert, enabled, version, updated_at) ON thresholds TO svc_diagnostics;
  GRANT SELECT ON thresholds TO svc_ai, svc_automation, svc_analytics;`;

const MAINTENANCE = `
  CREATE TABLE maintenance_windows (
    tenant_id text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    reason text,
    customer_id text,
    site_id text,
    device_id text,
    tags text[] NOT NULL DEFAULT '{}',
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    cron text,
    timezone text,
    duration_minutes integer CHECK (duration_minutes > 0),
    created_by uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CHECK (ends_at IS NULL OR ends_at > starts_at),
    CHECK ((cron IS NULL) = (duration_minutes IS NULL)),
    CHECK (cron IS NOT NULL OR ends_at IS NOT NULL),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX maintenance_windows_newest ON maintenance_windows (tenant_id, created_at DESC, id DESC);
  CREATE INDEX maintenance_windows_ends ON maintenance_windows (tenant_id, ends_at);
  CREATE INDEX maintenance_windows_customer ON maintenance_windows (tenant_id, customer_id);
  CREATE INDEX maintenance_windows_site ON maintenance_windows (tenant_id, site_id);
  CREATE INDEX maintenance_windows_device ON maintenance_windows (tenant_id, device_id);

  -- What a window kept quiet: append-only, and readable after the window is gone.
  CREATE TABLE suppressions (
    tenant_id text NOT NULL,
    id text NOT NULL,
    maintenance_window_id text NOT NULL,
    finding_id text NOT NULL,
    device_id text NOT NULL,
    event_type text NOT NULL,
    severity text NOT NULL,
    title text NOT NULL,
    diagnostic_id text,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, finding_id) REFERENCES findings (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX suppressions_newest ON suppressions (tenant_id, maintenance_window_id, occurred_at DESC, id DESC);
  CREATE INDEX suppressions_finding ON suppressions (tenant_id, finding_id);
  ${['maintenance_windows', 'suppressions'].map((table) => `${secured(table)} ${tenantIsolation(table)}`).join('')}
  ${readByAgents('maintenance_windows')}
  ${agentDevice('suppressions', OWN_DEVICE)}
  GRANT SELECT, INSERT, DELETE, UPDATE (name, reason, tags, starts_at, ends_at, cron,
    timezone, duration_minutes, version, updated_at) ON maintenance_windows TO svc_diagnostics;
  GRANT SELECT, INSERT ON suppressions TO svc_diagnostics;
  GRANT SELECT ON maintenance_windows, suppressions TO svc_ai, svc_automation, svc_analytics;`;
