import { canonicalJson, type Json } from './canonical-json.js';
import { leafHash } from './merkle.js';

/** A record of the trail at its place: the documentation's eight keys, and what identifies it. */
export interface SealedRecord {
  readonly sequence: number;
  readonly id: string;
  /** RFC 3339 in UTC, to the microsecond: as it is stored, nothing rounded away. */
  readonly timestamp: string;
  readonly user_id: string | null;
  readonly actor_type: string;
  readonly event_type: string;
  readonly resource_id: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly success: boolean;
  readonly details: Json;
  readonly request_id: string | null;
}

/** What the seal of a record holds fast: whose it is, its place and every one of its members. */
export function leafOf(tenant_id: string, record: SealedRecord): Buffer {
  // Member by member: what a line of an export carries beyond them is nobody's word.
  const {
    sequence,
    id,
    timestamp,
    user_id,
    actor_type,
    event_type,
    resource_id,
    ip_address,
    user_agent,
    success,
    details,
    request_id,
  } = record;
  return leafHash(
    canonicalJson({
      tenant_id,
      sequence,
      id,
      timestamp,
      user_id,
      actor_type,
      event_type,
      resource_id,
      ip_address,
      user_agent,
      success,
      details,
      request_id,
    }),
  );
}
