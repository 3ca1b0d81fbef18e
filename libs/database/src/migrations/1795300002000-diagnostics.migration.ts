import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation } from './tenant-table.js';

/** Devices, their dated diagnostics and what was found. `json`, not `jsonb`: evidence is kept to the byte. */
export class Diagnostics1795300002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DEVICES);
    await runner.query(DIAGNOSTICS);
    await runner.query(SECTIONS);
    await runner.query(FINDINGS);
    await runner.query(LATEST);
    await runner.query(SECURITY);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const DEVICES = `
  CREATE TABLE devices (
    tenant_id text NOT NULL,
    id text NOT NULL,
    hostname text,
    serial text,
    hardware_uuid text,
    manufacturer text,
    model text,
    macs text[] NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz,
    latest_diagnostic_id text,
    latest_collected_at timestamptz,
    PRIMARY KEY (tenant_id, id)
  );
  CREATE INDEX devices_serial ON devices (tenant_id, serial);
  CREATE INDEX devices_hardware_uuid ON devices (tenant_id, hardware_uuid);
  CREATE INDEX devices_hostname ON devices (tenant_id, hostname);`;

const DIAGNOSTICS = `
  CREATE TABLE diagnostics (
    tenant_id text NOT NULL,
    id text NOT NULL,
    device_id text NOT NULL,
    type text NOT NULL,
    status text NOT NULL CHECK (status IN
      ('requested', 'collecting', 'received', 'processing', 'completed', 'failed', 'cancelled', 'expired')),
    partial boolean NOT NULL DEFAULT false,
    collected_at timestamptz NOT NULL,
    received_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    duration_ms integer,
    schema_version integer NOT NULL,
    scoring_version text,
    agent json,
    score double precision CHECK (score BETWEEN 0 AND 100),
    band text CHECK (band IN ('healthy', 'attention', 'poor', 'critical', 'unknown')),
    coverage double precision CHECK (coverage BETWEEN 0 AND 1),
    health json,
    findings json,
    severities text[] NOT NULL DEFAULT '{}',
    notes text,
    tags text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX diagnostics_newest ON diagnostics (tenant_id, created_at DESC, id DESC);
  CREATE INDEX diagnostics_newest_of_device ON diagnostics (tenant_id, device_id, created_at DESC, id DESC);`;

const SECTIONS = `
  CREATE TABLE diagnostic_sections (
    tenant_id text NOT NULL,
    diagnostic_id text NOT NULL,
    name text NOT NULL,
    status text NOT NULL CHECK (status IN ('ok', 'unavailable', 'denied', 'timeout', 'error')),
    collected_ms double precision,
    data json,
    error text,
    note text,
    PRIMARY KEY (tenant_id, diagnostic_id, name),
    FOREIGN KEY (tenant_id, diagnostic_id) REFERENCES diagnostics (tenant_id, id) ON DELETE CASCADE
  );`;

// A finding outlives the diagnostic that saw it last; it is its device's. Deferred: rows may be written in any order.
const FINDINGS = `
  CREATE TABLE findings (
    tenant_id text NOT NULL,
    id text NOT NULL,
    device_id text NOT NULL,
    key text NOT NULL,
    category text NOT NULL,
    code text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    title text NOT NULL,
    evidence json NOT NULL,
    points double precision NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'suppressed', 'resolved', 'false_positive')),
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    occurrences integer NOT NULL DEFAULT 1,
    last_diagnostic_id text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, device_id, key),
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, last_diagnostic_id) REFERENCES diagnostics (tenant_id, id)
      ON DELETE SET NULL (last_diagnostic_id) DEFERRABLE INITIALLY DEFERRED
  );
  CREATE INDEX findings_last_diagnostic ON findings (tenant_id, last_diagnostic_id);`;

// Before FORCE: under it a foreign key that is added later would be validated against no rows at all.
const LATEST = `
  ALTER TABLE devices ADD FOREIGN KEY (tenant_id, latest_diagnostic_id) REFERENCES diagnostics (tenant_id, id)
    ON DELETE SET NULL (latest_diagnostic_id) DEFERRABLE INITIALLY DEFERRED;
  CREATE INDEX devices_latest_diagnostic ON devices (tenant_id, latest_diagnostic_id);`;

const OWN_DEVICE = `device_id = (select auth.jwt() ->> 'device_id')`;
const SECURITY = `
  ${secured('devices')}
  ${tenantIsolation('devices')}
  ${agentDevice('devices', `id = (select auth.jwt() ->> 'device_id')`)}
  ${secured('diagnostics')}
  CREATE POLICY diagnostics_tenant_isolation ON diagnostics
    FOR ALL TO authenticated
    USING (tenant_id = auth.jwt() ->> 'tenant_id');
  ${agentDevice('diagnostics', OWN_DEVICE)}
  ${secured('diagnostic_sections')}
  ${tenantIsolation('diagnostic_sections')}
  ${agentDevice(
    'diagnostic_sections',
    `EXISTS (SELECT FROM diagnostics d WHERE d.tenant_id = diagnostic_sections.tenant_id
       AND d.id = diagnostic_sections.diagnostic_id AND d.${OWN_DEVICE})`,
  )}
  ${secured('findings')}
  ${tenantIsolation('findings')}
  ${agentDevice('findings', OWN_DEVICE)}
  GRANT SELECT, INSERT, DELETE ON devices, diagnostics, diagnostic_sections, findings TO svc_diagnostics;
  GRANT UPDATE (hostname, serial, hardware_uuid, manufacturer, model, macs, tags, updated_at, last_seen_at,
    latest_diagnostic_id, latest_collected_at) ON devices TO svc_diagnostics;
  GRANT UPDATE (status, partial, received_at, duration_ms, scoring_version, score, band, coverage, health, findings,
    severities, notes, tags) ON diagnostics TO svc_diagnostics;
  GRANT UPDATE (status, collected_ms, data, error, note) ON diagnostic_sections TO svc_diagnostics;
  GRANT UPDATE (category, code, severity, title, evidence, points, state, first_seen, last_seen, occurrences,
    last_diagnostic_id) ON findings TO svc_diagnostics;
  GRANT SELECT ON devices, diagnostics, findings TO svc_ai, svc_automation, svc_analytics;`;
