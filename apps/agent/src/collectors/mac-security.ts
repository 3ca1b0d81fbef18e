import { readParts } from '../collection/read-parts.js';
import type { SystemProbe } from '../machine/system-probe.js';

/** Asks a program of macOS itself; null when its answer is none of the expected. */
async function ask(machine: SystemProbe, program: string, args: string[], on: RegExp, off: RegExp) {
  const { stdout } = await machine.runProgram(program, args);
  if (on.test(stdout)) return true;
  return off.test(stdout) ? false : null;
}

/** The application firewall, FileVault, Gatekeeper and System Integrity Protection, as their own programs report them. */
export async function readMacSecurity(machine: SystemProbe, limitMs: number) {
  const firewallProgram = '/usr/libexec/ApplicationFirewall/socketfilterfw';
  const { values, faults } = await readParts(
    {
      firewall: () => ask(machine, firewallProgram, ['--getglobalstate'], /State = [12]/, /State = 0/),
      fileVault: () => ask(machine, '/usr/bin/fdesetup', ['status'], /FileVault is On/, /FileVault is Off/),
      gatekeeper: () => ask(machine, '/usr/sbin/spctl', ['--status'], /assessments enabled/, /assessments disabled/),
      integrity: () => ask(machine, '/usr/bin/csrutil', ['status'], /status: enabled/, /status: disabled/),
    },
    limitMs,
  );
  const { firewall = null, fileVault = null, gatekeeper = null, integrity = null } = values;
  const data = {
    firewall: firewall === null ? null : [{ profile: 'application firewall', enabled: firewall }],
    encryption: fileVault === null ? null : [{ volume: '/', encrypted: fileVault }],
    gatekeeper,
    system_integrity_protection: integrity,
  };
  return { data, faults };
}
