import { Injectable } from '@nestjs/common';
import {
  deviceHardwareChanged,
  newId,
  Problem,
  type AgentDescription,
  type Band,
  type CreateDevice,
  type CreateDiagnostic,
  type DeviceDescription,
  type Principal,
} from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { Outbox } from '@techze/outbox';
import type { EntityManager } from 'typeorm';
import { DeviceCredentialsRepository } from './device-credentials.repository.js';
import { DeviceEventsRepository } from './device-events.repository.js';
import { identityOf } from './device-identity.js';
import { DeviceMatchingRepository, type ResolvedDevice } from './device-matching.repository.js';
import type { DeviceRow } from './device.entity.js';
import { DevicesRepository } from './devices.repository.js';
import { compareHardware, hardwareIn, operatingSystemIn } from './hardware.js';
import { IdentityConflicts } from './identity-conflicts.service.js';

type Agent = Extract<Principal, { kind: 'agent' }>;

/** That a diagnostic of a device came in, and what it says. */
export interface DiagnosticNote {
  readonly diagnosticId: string;
  /** What diagnostics of one device are ordered by. */
  readonly seenAt: Date;
  readonly receivedAt: Date;
  readonly description: DeviceDescription | undefined;
  readonly agent: AgentDescription | undefined;
  readonly sections: CreateDiagnostic['sections'];
  readonly scoring: { readonly score: number | null; readonly band: Band; readonly coverage: number };
}

/** Which machine a diagnostic is of, and what the machine is after it. */
@Injectable()
export class DevicesService {
  constructor(
    private readonly devices: DevicesRepository,
    private readonly matching: DeviceMatchingRepository,
    private readonly conflicts: IdentityConflicts,
    private readonly credentials: DeviceCredentialsRepository,
    private readonly events: DeviceEventsRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * An agent's own device, whatever it says; for a person the named device, or the one that the description matches inside
   * the tenant, or a new one. Its row is locked until the transaction ends: diagnostics of one device follow one another.
   * @param seenAt what diagnostics of the device are ordered by: an older one gives it no new marks
   * @throws Problem `device-not-found` when the named one is not there, or is not the agent's own
   */
  async resolve(
    manager: EntityManager,
    tenantId: string,
    body: Pick<CreateDiagnostic, 'device' | 'device_id'>,
    seenAt = new Date(),
  ): Promise<ResolvedDevice> {
    const principal = currentContext()?.principal;
    if (principal?.kind === 'agent') return this.resolveOwn(manager, principal, body, seenAt);
    if (body.device !== undefined) return this.resolveDescribed(manager, tenantId, body.device);
    const device =
      body.device_id === undefined ? undefined : await this.matching.findById(manager, tenantId, body.device_id);
    if (!device) throw new Problem('device-not-found');
    return device;
  }

  /** The device takes over what its newest diagnostic says; an older one changes nothing but the last sight. */
  async noteDiagnostic(
    manager: EntityManager,
    tenantId: string,
    device: ResolvedDevice,
    note: DiagnosticNote,
  ): Promise<void> {
    const { diagnosticId, seenAt, receivedAt, description } = note;
    const principal = currentContext()?.principal;
    const steps: Promise<void>[] = [];
    if (principal?.kind === 'agent') steps.push(this.credentials.noteUse(manager, tenantId, device.id, receivedAt));
    if (device.latest_collected_at && device.latest_collected_at > seenAt) {
      steps.push(this.devices.noteSight(manager, tenantId, device.id, receivedAt));
    } else {
      const { hardware, changes } = compareHardware(device.hardware, hardwareIn(note.sections));
      steps.push(
        this.devices.takeOver(manager, {
          tenantId,
          deviceId: device.id,
          diagnosticId,
          seenAt,
          receivedAt,
          description,
          hostname: description ? identityOf(description).hostname : null,
          os: operatingSystemIn(note.sections),
          agentVersion: note.agent?.version ?? null,
          hardware,
          ...note.scoring,
        }),
        ...changes.flatMap((change) => [
          this.events.add(manager, tenantId, {
            deviceId: device.id,
            type: 'hardware_changed',
            details: change,
            diagnosticId,
            occurredAt: seenAt,
          }),
          this.outbox.append(manager, deviceHardwareChanged, {
            ...change,
            device_id: device.id,
            diagnostic_id: diagnosticId,
          }),
        ]),
      );
    }
    await Promise.all(steps);
  }

  /** After a diagnostic was deleted: the device shows the newest of those that are left. */
  diagnosticDeleted(manager: EntityManager, tenantId: string, deviceId: string): Promise<void> {
    return this.devices.fallBack(manager, tenantId, deviceId);
  }

  /** A device that nobody has seen before. */
  async make(
    manager: EntityManager,
    tenantId: string,
    description: DeviceDescription,
    told: Partial<Pick<CreateDevice, 'name' | 'notes' | 'site_id' | 'tags'>> = {},
  ): Promise<ResolvedDevice> {
    const now = new Date();
    const row: DeviceRow = {
      tenant_id: tenantId,
      id: newId('dev'),
      ...identityOf(description),
      manufacturer: description.manufacturer ?? null,
      model: description.model ?? null,
      macs: description.macs ?? [],
      name: told.name ?? null,
      notes: told.notes ?? null,
      site_id: told.site_id ?? null,
      tags: told.tags ?? [],
      os: null,
      agent_id: null,
      agent_version: null,
      identity_state: 'ok',
      enrolled_at: null,
      hardware: null,
      last_seen_at: null,
      latest_diagnostic_id: null,
      latest_collected_at: null,
      latest_score: null,
      latest_band: null,
      latest_coverage: null,
      version: 1,
      created_at: now,
      updated_at: now,
    };
    await this.devices.insert(manager, row);
    return row;
  }

  private async resolveOwn(
    manager: EntityManager,
    { tenant_id, device_id }: Agent,
    body: Pick<CreateDiagnostic, 'device' | 'device_id'>,
    seenAt: Date,
  ): Promise<ResolvedDevice> {
    if (body.device_id !== undefined && body.device_id !== device_id) throw new Problem('device-not-found');
    const marks = identityOf(body.device ?? {});
    const unchanged = await this.matching.findUnchanged(manager, tenant_id, device_id, marks, seenAt);
    return unchanged ?? this.conflicts.redescribe(manager, tenant_id, device_id, marks);
  }

  private async resolveDescribed(
    manager: EntityManager,
    tenantId: string,
    description: DeviceDescription,
  ): Promise<ResolvedDevice> {
    const identity = identityOf(description);
    const known = await this.matching.findWhollyKnown(manager, tenantId, identity);
    if (known) return known;
    // Something is to be learned or made: one at a time for all who could mean the same machine.
    await this.matching.lockIdentity(manager, tenantId, identity);
    const found = await this.matching.findAndTeach(manager, tenantId, identity);
    return found ?? this.make(manager, tenantId, description);
  }
}
