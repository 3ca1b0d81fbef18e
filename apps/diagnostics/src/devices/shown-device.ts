import type { Band, Device, IdentityState } from '@techze/contracts';

/** A device as a row of the query below. */
export interface ShownRow extends Omit<
  Device,
  'site' | 'customer' | 'identity' | 'health' | 'open_findings' | 'created_at' | 'updated_at'
> {
  readonly site_id: string | null;
  readonly site_name: string | null;
  readonly customer_id: string | null;
  readonly customer_name: string | null;
  readonly identity_state: IdentityState;
  readonly agent_id: string | null;
  readonly enrolled_at: Date | null;
  readonly last_seen_at: Date | null;
  readonly latest_score: number | null;
  readonly latest_band: Band | null;
  readonly latest_coverage: number | null;
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The site and customer may be hidden (an agent sees no customers): then they are null. Open findings are few, and indexed. */
export function selectShown(condition: string, page = ''): string {
  return `
    select d.id, d.name, d.hostname, d.serial, d.hardware_uuid as uuid, d.manufacturer, d.model, d.macs, d.os, d.agent_version,
      s.id as site_id, s.name as site_name, c.id as customer_id, c.name as customer_name, d.tags, d.notes, d.identity_state,
      d.agent_id, d.enrolled_at, d.last_seen_at, d.latest_diagnostic_id, d.latest_score, d.latest_band, d.latest_coverage,
      open.critical, open.warning, open.info, d.version, d.created_at, d.updated_at
    from devices d
    left join sites s on s.tenant_id = $1 and s.id = d.site_id
    left join customers c on c.tenant_id = $1 and c.id = s.customer_id
    cross join lateral (
      select count(*) filter (where severity = 'critical')::int as critical,
        count(*) filter (where severity = 'warning')::int as warning, count(*) filter (where severity = 'info')::int as info
      from findings f where f.tenant_id = $1 and f.device_id = d.id and f.state = 'open') open
    where d.tenant_id = $1 and ${condition}
    ${page}`;
}

export function toDevice(row: ShownRow): Device {
  const {
    site_id,
    site_name,
    customer_id,
    customer_name,
    identity_state,
    agent_id,
    enrolled_at,
    last_seen_at,
    latest_score,
    latest_band,
    latest_coverage,
    critical,
    warning,
    info,
    ...rest
  } = row;
  return {
    ...rest,
    site: named(site_id, site_name),
    customer: named(customer_id, customer_name),
    identity: {
      state: identity_state,
      agent_id,
      enrolled_at: enrolled_at?.toISOString() ?? null,
      last_seen_at: last_seen_at?.toISOString() ?? null,
    },
    health: latest_band && { score: latest_score, band: latest_band, coverage: latest_coverage ?? 0 },
    open_findings: { critical, warning, info },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function named(id: string | null, name: string | null): Device['site'] {
  return id !== null && name !== null ? { id, name } : null;
}
