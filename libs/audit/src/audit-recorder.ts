import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { nameOf, newId, Problem, type AuditEventType, type Principal } from '@techze/contracts';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { auditDetails } from './audit-details.js';
import { PersonalData } from './personal/personal-data.js';
import { plainText } from './plain-text.js';

const RESOURCE_ID_MAX_CHARS = 256;
const USER_AGENT_MAX_CHARS = 512;

/** Who did it, where no verified principal says so: a failed login. Unknown accounts belong to the system tenant. */
export interface AuditActor {
  readonly tenant_id: string;
  readonly actor_type: Principal['kind'] | 'anonymous';
  /** The person's id, the agent's device, the API key's id or the worker's service; null when nobody is known. */
  readonly user_id: string | null;
}

/** What happened. `details` is anything JSON: secrets are redacted by key, what is personal is encrypted, at most 8 KiB are kept. */
export interface AuditRecord {
  readonly event_type: AuditEventType;
  readonly resource_id: string | null;
  readonly success: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly actor?: AuditActor;
}

/** Writes the audit trail (security.md, "Audit"). */
@Injectable()
export class AuditRecorder {
  constructor(private readonly personal: PersonalData) {}

  /**
   * Adds one row to the caller's transaction: the change and its record are committed together or not at all.
   * Actor, address, user agent and request id come from the request context.
   * @throws Problem `service-unavailable`; the caller lets it pass, so that no change is made without its record
   */
  async record(manager: EntityManager, { event_type, resource_id, success, details, ...rest }: AuditRecord) {
    const context = currentContext();
    const actor = rest.actor ?? (context?.principal && actorOf(context.principal));
    assert(actor, 'an audit record needs a principal or an explicit actor');
    const id = newId('aud');
    const row = {
      tenant_id: actor.tenant_id,
      id,
      user_id: actor.user_id,
      actor_type: actor.actor_type,
      event_type,
      resource_id: plainText(resource_id, RESOURCE_ID_MAX_CHARS),
      ip_address: context?.ipAddress ?? null,
      user_agent: plainText(context?.userAgent, USER_AGENT_MAX_CHARS),
      success,
      details: '',
      request_id: context?.requestId ?? null,
    };
    try {
      const kept = await this.personal.seal(manager, actor.tenant_id, id, auditDetails(details ?? {}));
      await manager.query(INSERT, Object.values({ ...row, details: JSON.stringify(kept) }));
    } catch (cause) {
      throw cause instanceof Problem ? cause : new Problem('service-unavailable', { cause });
    }
  }
}

const INSERT = `INSERT INTO audit_events
  (tenant_id, id, user_id, actor_type, event_type, resource_id, ip_address, user_agent, success, details, request_id, timestamp)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp())`;

function actorOf(principal: Principal): AuditActor {
  return { tenant_id: principal.tenant_id, actor_type: principal.kind, user_id: nameOf(principal) };
}
