import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation, workerPolicy } from './tenant-table.js';

/** What the ai service knows of every series, the anomalies it found in them, and how many of a device's samples were any. */
export class Anomalies1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(STATES);
    await runner.query(ANOMALIES);
    await runner.query(COUNTS);
    await runner.query(PEERS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const OWN_DEVICE = `device_id = (select auth.jwt() ->> 'device_id')`;
const OF_DEVICE = 'FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE';
const ofDiagnostic = (column: string) =>
  `FOREIGN KEY (tenant_id, ${column}) REFERENCES diagnostics (tenant_id, id) ON DELETE CASCADE`;

function ofADevice(table: string): string {
  return `${secured(table)} ${tenantIsolation(table)} ${agentDevice(table, OWN_DEVICE)} ${workerPolicy(table, 'ALL')}`;
}

// state: what the detectors remember, in their own bytes, of that version; another version is made anew from the raw
// samples. silence: the little that is needed of a series that a diagnostic is silent about. heard_ms: for how long the
// device has told of others since last_at. The bytes are numbers that do not compress: they are stored as they are.
const STATES = `
  CREATE TABLE metric_states (
    tenant_id text NOT NULL,
    device_id text NOT NULL,
    metric text NOT NULL,
    instance text NOT NULL DEFAULT '',
    version integer NOT NULL,
    rows integer NOT NULL,
    last_at timestamptz NOT NULL,
    last_value double precision NOT NULL,
    heard_ms double precision NOT NULL DEFAULT 0,
    silence bytea NOT NULL CHECK (octet_length(silence) <= 1024),
    state bytea NOT NULL CHECK (octet_length(state) <= 2097152),
    PRIMARY KEY (tenant_id, device_id, metric, instance),
    ${OF_DEVICE}
  );
  ALTER TABLE metric_states ALTER COLUMN state SET STORAGE EXTERNAL;
  CREATE INDEX metric_states_age ON metric_states (last_at);
  ${ofADevice('metric_states')}
  GRANT SELECT, INSERT, DELETE, UPDATE (version, rows, last_at, last_value, heard_ms, silence, state)
    ON metric_states TO svc_ai;
  GRANT SELECT (tenant_id, device_id, metric, instance, last_at), DELETE ON metric_states TO svc_worker;`;

// detector: what saw it; a series has one open anomaly of each. quiet: rows since the last strange one. size, side: how far
// out the peak was and on which side, which is what people's verdicts are compared by.
const ANOMALIES = `
  CREATE TABLE anomalies (
    tenant_id text NOT NULL,
    id text NOT NULL,
    device_id text NOT NULL,
    peak_diagnostic_id text NOT NULL,
    metric text NOT NULL,
    instance text NOT NULL DEFAULT '',
    detector text NOT NULL CHECK (detector IN ('value', 'silence', 'drift', 'peers')),
    kind text NOT NULL CHECK (kind IN
      ('spike', 'level_shift', 'novel_value', 'pattern', 'flatline', 'missing', 'drift', 'cohort_outlier')),
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    threshold double precision NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    value double precision,
    expected_low double precision,
    expected_high double precision,
    size double precision NOT NULL,
    side smallint NOT NULL CHECK (side BETWEEN -1 AND 1),
    contributors json NOT NULL,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    peak_at timestamptz NOT NULL,
    samples integer NOT NULL,
    quiet integer NOT NULL,
    verdict text CHECK (verdict IN ('confirmed', 'false_positive')),
    verdict_by text,
    verdict_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((verdict IS NULL) = (verdict_at IS NULL)),
    ${OF_DEVICE},
    ${ofDiagnostic('peak_diagnostic_id')}
  );
  CREATE INDEX anomalies_newest ON anomalies (tenant_id, created_at DESC, id DESC);
  CREATE INDEX anomalies_newest_of_metric ON anomalies (tenant_id, metric, created_at DESC, id DESC);
  CREATE INDEX anomalies_newest_of_kind ON anomalies (tenant_id, kind, created_at DESC, id DESC);
  CREATE INDEX anomalies_newest_of_severity ON anomalies (tenant_id, severity, created_at DESC, id DESC);
  CREATE INDEX anomalies_newest_of_device ON anomalies (tenant_id, device_id, created_at DESC, id DESC);
  CREATE INDEX anomalies_newest_open ON anomalies (tenant_id, created_at DESC, id DESC) WHERE state = 'open';
  CREATE UNIQUE INDEX anomalies_one_open ON anomalies (tenant_id, device_id, metric, instance, detector)
    WHERE state = 'open';
  CREATE INDEX anomalies_judged ON anomalies (tenant_id, device_id, verdict_at DESC) WHERE verdict IS NOT NULL;
  CREATE INDEX anomalies_peak_diagnostic ON anomalies (tenant_id, peak_diagnostic_id);
  CREATE INDEX anomalies_age ON anomalies (end_at);
  ${ofADevice('anomalies')}
  GRANT SELECT, INSERT, UPDATE (peak_diagnostic_id, kind, severity, state, score, threshold, value, expected_low,
    expected_high, size, side, contributors, end_at, peak_at, samples, quiet, verdict, verdict_by, verdict_at, version,
    updated_at) ON anomalies TO svc_ai;
  GRANT SELECT ON anomalies TO svc_automation, svc_analytics;
  GRANT SELECT (tenant_id, id, end_at), DELETE ON anomalies TO svc_worker;`;

// A row a diagnostic: that it was scored, with how many samples, and how many of them were strange. It goes with it.
const COUNTS = `
  CREATE TABLE scored_diagnostics (
    tenant_id text NOT NULL,
    diagnostic_id text NOT NULL,
    device_id text NOT NULL,
    at timestamptz NOT NULL,
    samples integer NOT NULL,
    scored integer NOT NULL CHECK (scored <= samples),
    anomalous integer NOT NULL CHECK (anomalous <= scored),
    PRIMARY KEY (tenant_id, device_id, at, diagnostic_id),
    ${ofDiagnostic('diagnostic_id')}
  );
  CREATE INDEX scored_diagnostics_diagnostic ON scored_diagnostics (tenant_id, diagnostic_id);
  CREATE INDEX scored_diagnostics_age ON scored_diagnostics (at);
  ${ofADevice('scored_diagnostics')}
  GRANT SELECT, INSERT ON scored_diagnostics TO svc_ai;
  GRANT SELECT ON scored_diagnostics TO svc_analytics;
  GRANT SELECT (tenant_id, device_id, at, diagnostic_id), DELETE ON scored_diagnostics TO svc_worker;`;

// Devices of the same model and system, for comparing one with its peers.
const PEERS = 'CREATE INDEX devices_model ON devices (tenant_id, model, os);';
