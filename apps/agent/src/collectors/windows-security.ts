import { z } from 'zod';
import { readParts } from '../collection/read-parts.js';
import { askPowerShell, SCRIPT_START } from '../machine/powershell.js';
import type { SystemProbe } from '../machine/system-probe.js';

/**
 * Firewall by its three profiles as they are in force; antivirus products as the Security Center knows them, and the
 * Defender's own word where there is no Security Center (servers); BitLocker as the Explorer shows it, which needs no
 * administrator; Secure Boot from the registry.
 */
const SCRIPT = `${SCRIPT_START}
$firewall = @(Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object { @{ name = [string]$_.Name; enabled = [int]$_.Enabled } })
$antivirus = @(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct | ForEach-Object { @{ name = [string]$_.displayName; state = [int]$_.productState } })
$defender = Get-MpComputerStatus | ForEach-Object { @{ enabled = [bool]($_.AntivirusEnabled -and $_.RealTimeProtectionEnabled); signature_age_days = [int]$_.AntivirusSignatureAge } }
$shell = New-Object -ComObject Shell.Application
$volumes = @(Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3' | ForEach-Object { @{ volume = [string]$_.DeviceID; protection = $shell.NameSpace($_.DeviceID).Self.ExtendedProperty('System.Volume.BitLockerProtection') } })
$secureBoot = (Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\State).UEFISecureBootEnabled
ConvertTo-Json -Compress -Depth 4 @{ firewall = $firewall; antivirus = $antivirus; defender = $defender; volumes = $volumes; secure_boot = $secureBoot }`;

const Answer = z.object({
  firewall: z.array(z.object({ name: z.string(), enabled: z.number() })),
  antivirus: z.array(z.object({ name: z.string(), state: z.number() })),
  defender: z.object({ enabled: z.boolean(), signature_age_days: z.number() }).nullish(),
  volumes: z.array(z.object({ volume: z.string(), protection: z.number().nullish() })),
  secure_boot: z.number().nullish(),
});
type Answer = z.infer<typeof Answer>;

/** GpoBoolean: 0 off, 1 on, 2 not configured (which in the store in force does not occur). */
const firewallOf = ({ firewall }: Answer) =>
  firewall.length === 0
    ? null
    : firewall.map(({ name, enabled }) => ({ profile: name, enabled: enabled === 2 ? null : enabled === 1 }));

/** Third hex digit from the right group: 1 on, 0 off, 2 snoozed, 3 expired; second group: 1 means old signatures. */
const productOf = ({ name, state }: Answer['antivirus'][number]) => ({
  name,
  enabled: (state & 0xf000) === 0x1000,
  up_to_date: (state & 0x00f0) === 0,
});

/** Microsoft calls signatures of more than seven days out of date. */
const MAX_SIGNATURE_AGE_DAYS = 7;

function antivirusOf({ antivirus, defender }: Answer) {
  if (antivirus.length > 0) return antivirus.map(productOf);
  if (!defender) return null;
  const { enabled, signature_age_days: days } = defender;
  return [{ name: 'Microsoft Defender', enabled, up_to_date: days <= MAX_SIGNATURE_AGE_DAYS }];
}

/** As the Explorer's column has it: 1 on, 2 off, 6 on and locked; between them it is on its way or suspended. */
const encryptedOf: Record<number, boolean> = { 1: true, 2: false, 6: true };

function encryptionOf({ volumes }: Answer) {
  const known = volumes.flatMap(({ volume, protection }) => {
    const encrypted = encryptedOf[protection ?? 0];
    return encrypted === undefined ? [] : [{ volume, encrypted }];
  });
  return known.length > 0 ? known : null;
}

export async function readWindowsSecurity(machine: SystemProbe, limitMs: number) {
  const { values, faults } = await readParts({ powershell: () => askPowerShell(machine, SCRIPT, Answer) }, limitMs);
  const answer = values.powershell;
  const data = {
    firewall: answer ? firewallOf(answer) : null,
    antivirus: answer ? antivirusOf(answer) : null,
    encryption: answer ? encryptionOf(answer) : null,
    secure_boot: answer?.secure_boot == null ? null : answer.secure_boot === 1,
  };
  return { data, faults };
}
