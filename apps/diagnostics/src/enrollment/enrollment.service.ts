import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { deviceEnrolled, newId, Problem, type AdmitAgent, type AdmittedAgent } from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { DeviceCredentialsRepository } from '../devices/device-credentials.repository.js';
import { DeviceEventsRepository } from '../devices/device-events.repository.js';
import { identityOf, newMarks, type HardwareMarks } from '../devices/device-identity.js';
import { DeviceMatchingRepository, type ResolvedDevice } from '../devices/device-matching.repository.js';
import { DevicesRepository } from '../devices/devices.repository.js';
import { DevicesService } from '../devices/devices.service.js';
import { IdentityConflicts } from '../devices/identity-conflicts.service.js';
import { tenantOfCaller } from '../diagnostics/caller.js';
import type { EnrollmentTokenRow } from './enrollment-token.entity.js';
import { EnrollmentTokensRepository } from './enrollment-tokens.repository.js';

/** Why a token lets nobody in; for the record only, the caller is told one thing. */
type Refusal = 'expired' | 'revoked' | 'used_up';

/** Others were quicker: what was begun is undone. */
class TokenSpent extends Error {}

/** The device that an agent is let into. */
interface Place {
  readonly device: ResolvedDevice;
  readonly made: boolean;
  /** Marks of the description that may make a conflict, and those that the device had, whose conflict may be over. */
  readonly marks: HardwareMarks;
  readonly before: HardwareMarks;
}

const NO_MARKS: HardwareMarks = { serial: null, hardware_uuid: null };

/**
 * Lets an agent in: the device is found or made, its credential is stored, the use of the token is counted, and all of it is
 * on record, or none of it happens. At work is the gateway, in the token's tenant.
 */
@Injectable()
export class EnrollmentService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly tokens: EnrollmentTokensRepository,
    private readonly credentials: DeviceCredentialsRepository,
    private readonly devices: DevicesRepository,
    private readonly making: DevicesService,
    private readonly matching: DeviceMatchingRepository,
    private readonly conflicts: IdentityConflicts,
    private readonly events: DeviceEventsRepository,
    private readonly audit: AuditRecorder,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Problem `invalid-enrollment-token`, whatever is wrong with it */
  async admit(request: AdmitAgent): Promise<AdmittedAgent> {
    const tenantId = tenantOfCaller();
    const scope = { route: 'POST /api/v1/devices/enroll', requestBody: request };
    try {
      const { value } = await this.database.write((manager) =>
        this.idempotency.once(manager, scope, () => this.tryToken(manager, tenantId, request)),
      );
      if (value) return value;
    } catch (error) {
      if (!(error instanceof TokenSpent)) throw error;
      await this.database.write(async (manager) => {
        const token = await this.tokens.findByHash(manager, tenantId, request.token_hash);
        if (token) await this.refuse(manager, token, request, refusalOf(token, false) ?? 'used_up');
      });
    }
    throw new Problem('invalid-enrollment-token');
  }

  private async tryToken(manager: EntityManager, tenantId: string, request: AdmitAgent): Promise<AdmittedAgent | null> {
    const token = await this.tokens.findByHash(manager, tenantId, request.token_hash);
    if (!token) return null;
    const { agent, device } = request;
    // From here on nobody else lets this agent in, or one on a machine with such marks.
    await this.matching.lockIdentity(manager, tenantId, identityOf(device), agent.id);
    // The answer to this agent was lost: it has the same use of the token once more.
    const unused = await this.credentials.findUnused(manager, tenantId, token.id, agent.id);
    const repeated = unused !== undefined;
    const refusal = refusalOf(token, repeated);
    if (refusal) return this.refuse(manager, token, request, refusal);
    return this.enter(manager, token, request, repeated);
  }

  private async enter(
    manager: EntityManager,
    token: EnrollmentTokenRow,
    { device: description, agent, credential_hash }: AdmitAgent,
    repeated: boolean,
  ): Promise<AdmittedAgent> {
    const { tenant_id: tenantId, site_id: siteId } = token;
    const at = new Date();
    const identity = identityOf(description);
    const concerned = await this.conflicts.lockIfConcerned(manager, tenantId, identity, agent.id);
    const { device, made, marks, before } = await this.placeOf(manager, token, description, agent.id);
    const { id: deviceId } = device;
    const id = newId('crd');
    const keeper = { id, deviceId, agentId: agent.id, hash: credential_hash, enrollmentTokenId: token.id };
    // None waits for another's answer: they share one round trip, and are done in this order.
    await Promise.all([
      this.credentials.revoke(manager, tenantId, deviceId, 'replaced'),
      this.credentials.insert(manager, tenantId, keeper),
      this.matching.describe(manager, tenantId, deviceId, identity),
      this.devices.claim(manager, tenantId, deviceId, { ...agent, siteId, at }),
      this.audit.record(manager, {
        event_type: 'DEVICE_ENROLLED',
        resource_id: deviceId,
        success: true,
        details: { agent_id: agent.id, key_id: id, enrollment: token.id, made, repeated },
      }),
      ...(repeated
        ? []
        : this.tell(manager, tenantId, { deviceId, siteId: siteId ?? device.site_id, agent, made, at })),
    ]);
    if (concerned) {
      await this.conflicts.raise(manager, tenantId, device, marks);
      await this.conflicts.settle(manager, tenantId, deviceId, before);
    }
    const [now, used] = await Promise.all([
      this.devices.findById(manager, tenantId, deviceId),
      this.tokens.use(manager, token, repeated ? 0 : 1, at),
    ]);
    if (!used) throw new TokenSpent();
    if (!now) throw new Problem('device-not-found');
    return { device_id: deviceId, credential_id: id, site_id: now.site_id, identity_state: now.identity_state };
  }

  /**
   * By the agent's own id; else a device that no agent lives on and that the description means; else a new one, also where
   * the description means a device on which another agent lives: that is a conflict, never a device for two.
   */
  private async placeOf(
    manager: EntityManager,
    { tenant_id: tenantId, site_id }: EnrollmentTokenRow,
    description: AdmitAgent['device'],
    agentId: string,
  ): Promise<Place> {
    const identity = identityOf(description);
    const own = await this.matching.findByAgent(manager, tenantId, agentId);
    if (own) {
      // What it said of itself before was looked at then, as long as it has been in without a break.
      const within = await this.credentials.isLiving(manager, tenantId, own.id);
      return { device: own, made: false, marks: within ? newMarks(identity, own) : identity, before: own };
    }
    const claimed = await this.conflicts.isClaimed(manager, tenantId, identity);
    const free = claimed ? undefined : await this.matching.findMatch(manager, tenantId, identity, 'unclaimed');
    if (free) return { device: free, made: false, marks: identity, before: free };
    const made = await this.making.make(manager, tenantId, description, { site_id });
    return { device: made, made: true, marks: identity, before: NO_MARKS };
  }

  private tell(
    manager: EntityManager,
    tenantId: string,
    told: { deviceId: string; siteId: string | null; agent: AdmitAgent['agent']; made: boolean; at: Date },
  ): Promise<void>[] {
    const { deviceId, siteId, agent, made, at } = told;
    return [
      this.events.add(manager, tenantId, {
        deviceId,
        type: 'enrolled',
        details: { agent_id: agent.id, made },
        occurredAt: at,
      }),
      this.outbox.append(manager, deviceEnrolled, {
        device_id: deviceId,
        site_id: siteId,
        agent_id: agent.id,
        agent_version: agent.version,
        made,
      }),
    ];
  }

  /** On record in the token's tenant: somebody holds a token that he should not have, or is late. */
  private async refuse(
    manager: EntityManager,
    token: EnrollmentTokenRow,
    { agent }: AdmitAgent,
    reason: Refusal,
  ): Promise<null> {
    await this.audit.record(manager, {
      event_type: 'DEVICE_ENROLLED',
      resource_id: null,
      success: false,
      details: { agent_id: agent.id, enrollment: token.id, reason },
    });
    return null;
  }
}

function refusalOf(token: EnrollmentTokenRow, repeated: boolean): Refusal | undefined {
  if (token.revoked_at) return 'revoked';
  if (token.expires_at.getTime() <= Date.now()) return 'expired';
  return token.uses >= token.max_uses && !repeated ? 'used_up' : undefined;
}
