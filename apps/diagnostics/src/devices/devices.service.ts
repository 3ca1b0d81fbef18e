import { Injectable } from '@nestjs/common';
import { Problem, type CreateDiagnostic, type DeviceDescription } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import { identityOf, isWhollyKnown } from './device-identity.js';
import { DevicesRepository, type DiagnosticNote } from './devices.repository.js';

/** Which machine a diagnostic is of. */
@Injectable()
export class DevicesService {
  constructor(private readonly devices: DevicesRepository) {}

  /**
   * The named device, or the one that the description matches inside the tenant, or a new one.
   * @throws Problem `device-not-found` when the named one is not there
   */
  async resolve(
    manager: EntityManager,
    tenantId: string,
    body: Pick<CreateDiagnostic, 'device' | 'device_id'>,
  ): Promise<string> {
    if (body.device === undefined) {
      const device =
        body.device_id === undefined ? null : await this.devices.findById(manager, tenantId, body.device_id);
      if (!device) throw new Problem('device-not-found');
      return device.id;
    }
    const identity = identityOf(body.device);
    const known = await this.devices.findByIdentity(manager, tenantId, identity);
    if (known && isWhollyKnown(identity, known)) return known.id;
    // Something is to be learned or made: one at a time for all who could mean the same machine.
    await this.devices.lockIdentity(manager, tenantId, identity);
    const found = await this.devices.findByIdentity(manager, tenantId, identity);
    if (!found) return this.devices.create(manager, tenantId, identity, body.device);
    await this.devices.learn(manager, tenantId, found.id, identity);
    return found.id;
  }

  /** The device takes over what its newest diagnostic says of it. */
  async noteDiagnostic(
    manager: EntityManager,
    { description, ...note }: DiagnosticNote & { description: DeviceDescription | undefined },
  ): Promise<void> {
    await this.devices.noteDiagnostic(manager, {
      ...note,
      ...(description && { description, hostname: identityOf(description).hostname }),
    });
  }
}
