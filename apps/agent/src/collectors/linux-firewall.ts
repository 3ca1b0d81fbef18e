import type { SystemProbe } from '../machine/system-probe.js';
import { runsSystemd } from '../machine/systemd.js';

/** What filters incoming traffic, or what was asked when nothing does. */
export interface FirewallProfile {
  profile: string;
  enabled: boolean;
}

async function readUfw(machine: SystemProbe): Promise<boolean> {
  const settings = await machine.readText('/etc/ufw/ufw.conf').catch(() => null);
  return /^\s*ENABLED\s*=\s*yes\s*$/im.test(settings ?? '');
}

async function readFirewalld(machine: SystemProbe): Promise<boolean> {
  if (!(await runsSystemd(machine))) return false;
  return (await machine.runProgram('systemctl', ['is-active', '--quiet', 'firewalld.service'])).code === 0;
}

/** The kernel's own rules: whether any of them turns away what comes in; null when they may not be read. */
async function readNftables(machine: SystemProbe): Promise<boolean | null> {
  if (machine.isRoot !== true || !(await machine.hasProgram('nft'))) return null;
  const { code, stdout } = await machine.runProgram('nft', ['list', 'ruleset']);
  if (code !== 0) return null;
  const inputChains = stdout.split(/^\s*chain /m).filter((chain) => chain.includes('type filter hook input'));
  if (inputChains.some((chain) => /policy drop|\b(drop|reject|jump|goto)\b/.test(chain))) return true;
  // Rules of the old iptables are not listed by nft: with them loaded, an empty list says nothing.
  const oldTables = (await machine.readText('/proc/net/ip_tables_names').catch(() => 'unknown')) ?? '';
  return oldTables.trim() === '' ? false : null;
}

/** A container sees only its own corner of the network; what protects it is outside. */
async function isContainer(machine: SystemProbe): Promise<boolean> {
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map((path) => machine.readText(path)));
  return marks.some((mark) => mark !== null);
}

/** The firewall, null when nothing tells whether there is one. */
export async function readLinuxFirewall(machine: SystemProbe): Promise<FirewallProfile[] | null> {
  if (await isContainer(machine)) return null;
  if (await readUfw(machine)) return [{ profile: 'ufw', enabled: true }];
  if (await readFirewalld(machine)) return [{ profile: 'firewalld', enabled: true }];
  const filtering = await readNftables(machine);
  return filtering === null ? null : [{ profile: 'nftables', enabled: filtering }];
}
