import { usableIdentifier, type DeviceDescription } from '@techze/contracts';

/** What a device is found by: trimmed, junk left out, in the spelling that is compared. */
export interface DeviceIdentity {
  readonly serial: string | null;
  readonly hardware_uuid: string | null;
  readonly hostname: string | null;
}

/** The marks that tell hardware apart; a host name is only a name. */
export type HardwareMarks = Pick<DeviceIdentity, 'serial' | 'hardware_uuid'>;

/** UUIDs and host names mean the same in any case; serial numbers do not. */
export function identityOf(device: Pick<DeviceDescription, 'hostname' | 'serial' | 'uuid'>): DeviceIdentity {
  return {
    serial: usableIdentifier(device.serial) ?? null,
    hardware_uuid: usableIdentifier(device.uuid)?.toLowerCase() ?? null,
    hostname: device.hostname?.trim().toLowerCase() || null,
  };
}

/** Keys that two descriptions of one device may share; whoever holds them all meets nobody else making that device. */
export function identityKeys({ serial, hardware_uuid, hostname }: DeviceIdentity, agentId?: string): string[] {
  return [
    agentId && `agent:${agentId}`,
    serial && `serial:${serial}`,
    hardware_uuid && `uuid:${hardware_uuid}`,
    hostname && `hostname:${hostname}`,
  ]
    .filter((key): key is string => Boolean(key))
    .sort();
}

/** The marks of `given` that `known` does not carry; null where they agree or nothing is given. */
export function newMarks(given: HardwareMarks, known: HardwareMarks): HardwareMarks {
  return {
    serial: given.serial === known.serial ? null : given.serial,
    hardware_uuid: given.hardware_uuid === known.hardware_uuid ? null : given.hardware_uuid,
  };
}
