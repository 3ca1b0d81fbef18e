import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation, workerPolicy } from './tenant-table.js';

/** Requested diagnostics, the input of their verdicts, and the time-series that is drawn from them. */
export class Measurements1795400002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DIAGNOSTICS);
    await runner.query(MEASUREMENTS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// readings: what was judged, small enough to judge again (previews, explanations). seen_at: what the diagnostics of a
// device are ordered by. requested ones have no evidence yet, so no time of collection.
const DIAGNOSTICS = `
  ALTER TABLE diagnostics
    ALTER COLUMN collected_at DROP NOT NULL,
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN clock_skew_ms bigint,
    ADD COLUMN readings json,
    ADD COLUMN requested_by text,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
  ALTER TABLE diagnostics ADD CONSTRAINT diagnostics_evidence_has_its_time
    CHECK (collected_at IS NOT NULL OR status IN ('requested', 'collecting', 'failed', 'cancelled', 'expired'));
  CREATE INDEX diagnostics_expiring ON diagnostics (expires_at) WHERE status IN ('requested', 'collecting');
  ${workerPolicy('diagnostics', 'SELECT')}
  GRANT SELECT (tenant_id, id, status, expires_at) ON diagnostics TO svc_worker;
  GRANT UPDATE (type, collected_at, seen_at, clock_skew_ms, schema_version, agent, readings, expires_at, version, updated_at)
    ON diagnostics TO svc_diagnostics;`;

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
  ${agentDevice('measurements', `device_id = (select auth.jwt() ->> 'device_id')`)}
  GRANT SELECT, INSERT, DELETE ON measurements TO svc_diagnostics;
  GRANT SELECT ON measurements TO svc_ai, svc_automation, svc_analytics;

  CREATE TABLE measurements_default PARTITION OF measurements DEFAULT;
  ${secured('measurements_default')}`;
