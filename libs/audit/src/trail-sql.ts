/** A moment as the trail spells it: RFC 3339 in UTC, to the microsecond. */
export const moment = (expression: string) =>
  `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Columns of `audit_events e` as a SealedRecord has them, all but its place. */
export const RECORD_COLUMNS = `e.id, ${moment('e.timestamp')} AS timestamp, e.user_id, e.actor_type, e.event_type,
  e.resource_id, e.ip_address, e.user_agent, e.success, e.details, e.request_id`;

/** Columns of `audit_heads h` as a SignedHead has them. */
export const HEAD_COLUMNS = `h.tenant_id, h.batch::float8 AS batch, h.from_sequence::float8 AS from_sequence,
  h.to_sequence::float8 AS to_sequence, encode(h.root, 'hex') AS root, encode(h.previous, 'hex') AS previous,
  ${moment('h.sealed_at')} AS sealed_at, h.key_id, encode(h.signature, 'hex') AS signature`;
