import type { SystemProbe } from '../machine/system-probe.js';
import { runsSystemd } from '../machine/systemd.js';

export interface Firewall {
  enabled: boolean;
  /** What filters, or what was asked when nothing does. */
  product: string;
}

async function readUfw(machine: SystemProbe): Promise<boolean> {
  const settings = await machine.readText('/etc/ufw/ufw.conf').catch(() => null);
  return /^\s*ENABLED\s*=\s*yes\s*$/im.test(settings ?? '');
}

async function readFirewalld(machine: SystemProbe): Promise<boolean> {
  if (!(await runsSystemd(machine))) return false;
  return (await machine.runProgram('systemctl', ['is-active', '--quiet', 'firewalld.service'])).code === 0;
}

/** Whether a chain of the kernel's own rules looks at what comes in; null when they may not be read. */
async function readNftables(machine: SystemProbe): Promise<boolean | null> {
  if (machine.isRoot !== true || !(await machine.hasProgram('nft'))) return null;
  const { code, stdout } = await machine.runProgram('nft', ['list', 'ruleset']);
  if (code !== 0) return null;
  const inputChains = stdout.split(/^\s*chain /m).filter((chain) => /type filter hook input/.test(chain));
  return inputChains.some((chain) => /policy drop/.test(chain) || /\b(drop|reject)\b/.test(chain));
}

/** The firewall, null when nothing tells whether there is one. */
export async function readLinuxFirewall(machine: SystemProbe): Promise<Firewall | null> {
  if (await readUfw(machine)) return { enabled: true, product: 'ufw' };
  if (await readFirewalld(machine)) return { enabled: true, product: 'firewalld' };
  const filtering = await readNftables(machine);
  return filtering === null ? null : { enabled: filtering, product: 'nftables' };
}
