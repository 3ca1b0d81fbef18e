import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contracts from '@techze/contracts';
import { projectRoot } from '@techze/local-stack';
import { z } from 'zod';
import { takePersonal } from './personal-members.js';

/** Of whom or what it was by id, when, how much: what a record is for. Whoever adds a name here has decided so. */
const IMPERSONAL = `
  actor add admin after against agent_id api_heavy auth before code collected_at conflicts_with created_at
  created_by critical critical_leave cron customer_id default details device_id diagnostic_type diagnostics
  disabled duration_minutes duration_ms enabled ended ended_sessions ends_at enrollment event_type expires_at fail
  fails_before_alert filters format from from_batch got id identity_state include instance invited keep_days key key_id keys
  kind language leave levels made manufacturer max_uses metric model occurredAt password priority rate_limits records remove
  repeated required resource resource_id role rows rows_max rule scope scopes score scoring_version serial session_id session_ids setting
  site_id starts_at status success suspended_at tags timezone to told_apart type updated_at uses uuid version
  warning`
  .trim()
  .split(/\s+/);

/** Records hold these, as they are or as `before` and `after`. */
const BODIES = [
  contracts.CreateUser,
  contracts.ChangeUser,
  contracts.User,
  contracts.CreateTenant,
  contracts.ChangeTenant,
  contracts.CreateDevice,
  contracts.ChangeDevice,
  contracts.CreateCustomer,
  contracts.Customer,
  contracts.CreateSite,
  contracts.Site,
  contracts.CreateApiKey,
  contracts.ChangeDiagnostic,
  contracts.MaintenanceWindow,
  contracts.Threshold,
  contracts.ExportAuditQuery,
];

function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, ...rest } = schema as { properties?: object };
  return [...Object.keys(properties), ...[...Object.values(properties), ...Object.values(rest)].flatMap(membersOf)];
}

/** Members of the literals that services hand to the recorder: `details: {…}` and `this.record(…, {…})`. */
function membersInSources(): string[] {
  const files = ['apps', 'libs']
    .flatMap((folder) =>
      readdirSync(join(projectRoot(), folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => /\/src\/.*(?<!\.spec)\.ts$/.test(path) && !path.startsWith('libs/contracts'));
  return files.flatMap((file) => {
    const source = readFileSync(join(projectRoot(), file), 'utf8');
    if (!/AuditRecorder|\bdetails\b/.test(source)) return [];
    const literals = [...source.matchAll(/\bdetails(?::| =) (\{.*\})|\brecord\(manager, .*?(\{.*\})\)/g)];
    return literals.flatMap(([, first, second]) =>
      [...(first ?? second ?? '').matchAll(/(?<=[{,] )(\w+)(?=[:,]| \})/g)].map(([name]) => name),
    );
  });
}

test('of all that records hold it is decided whether it is personal', () => {
  const bodies = BODIES.flatMap((schema) => membersOf(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })));
  const names = [...new Set([...bodies, ...membersInSources()])].sort();
  const left = names.filter((name) => takePersonal({ [name]: 'x' }).values.length === 0);
  expect(left.filter((name) => !IMPERSONAL.includes(name))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(['contact_name', 'macs', 'source_addresses', 'notes', 'session_ids']));
});
