import { usableIdentifier, type DeviceDescription } from '@techze/contracts';

/** What a device is found by: trimmed, junk left out, in the spelling that is compared. */
export interface DeviceIdentity {
  readonly serial: string | null;
  readonly hardware_uuid: string | null;
  readonly hostname: string | null;
}

/** UUIDs and host names mean the same in any case; serial numbers do not. */
export function identityOf(device: DeviceDescription): DeviceIdentity {
  return {
    serial: usableIdentifier(device.serial) ?? null,
    hardware_uuid: usableIdentifier(device.uuid)?.toLowerCase() ?? null,
    hostname: device.hostname?.trim().toLowerCase() || null,
  };
}

/** Keys that two descriptions of one device may share; whoever holds them all meets nobody else making that device. */
export function identityKeys({ serial, hardware_uuid, hostname }: DeviceIdentity): string[] {
  return [serial && `serial:${serial}`, hardware_uuid && `uuid:${hardware_uuid}`, hostname && `hostname:${hostname}`]
    .filter((key): key is string => Boolean(key))
    .sort();
}

/** Whether a device already carries every mark that a description gives. */
export function isWhollyKnown(given: DeviceIdentity, known: DeviceIdentity): boolean {
  return (['serial', 'hardware_uuid', 'hostname'] as const).every(
    (mark) => given[mark] === null || given[mark] === known[mark],
  );
}
